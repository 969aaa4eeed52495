import type { Trouble } from './trouble.ts'

/** Of destinations, files and what lies in them. */
export const troublesOfStorage = {
  NO_SPACE: {
    symptom: 'A disk is full, or would be.',
    checks:
      'Which one: the error names it. `holdfast doctor` shows the space for the data folder, `holdfast destination test` that of a destination.',
    remedy: 'Free space there or use another destination. Partial files were removed.',
  },
  DESTINATION_UNAVAILABLE: {
    symptom:
      'A destination is not there: a drive is not plugged in, a share is not mounted, a service does not answer.',
    checks: '`holdfast destination test <destination>`.',
    remedy: 'Bring it back and try again. Copies at other destinations are good.',
  },
  DESTINATION_READ_ONLY: {
    symptom: 'Nothing can be written at a destination.',
    checks: 'How it is mounted, and the rights of this account in its folder.',
    remedy: 'Mount it for writing, or change owner or mode of the folder.',
  },
  DESTINATION_FAILED: {
    symptom: 'A destination failed while something was written or read.',
    checks: 'The details of the error, and the health of the disk or the service.',
    remedy: 'Try again, and use another destination meanwhile. A copy counts only when it was read back.',
  },
  NOT_A_REGULAR_FILE: {
    symptom: 'A name leads to a folder, a link, a pipe or a device instead of a file.',
    checks: 'What it is: `ls -l`.',
    remedy: 'Name the file itself.',
  },
  ARTIFACT_MISSING: {
    symptom: 'The file of a backup is not where it was stored.',
    checks: 'Who cleans up there; `holdfast backups show <backup>` lists the other copies.',
    remedy:
      'Put it back, or use another copy or backup: the error names the next good one. `holdfast backups forget <backup>` takes the record away.',
  },
  ARTIFACT_ALTERED: {
    symptom: 'The file of a backup is not the one that was written: its digest differs.',
    checks: 'The disk, and who can write there.',
    remedy:
      'Do not restore from it. Use another copy or backup: the error names the next good and the next proven one.',
  },
  ARTIFACT_TRUNCATED: {
    symptom: 'The file of a backup is shorter than it was.',
    checks: 'Whether a copy was broken off, and whether the disk was full.',
    remedy: 'Copy it again from where it is whole, or use another backup.',
  },
  ARTIFACT_UNREADABLE: {
    symptom: 'The file of a backup can not be read to its end.',
    checks: 'The disk: `dmesg`, SMART. The rights on the file.',
    remedy: 'Use another copy. A disk that fails to read is replaced.',
  },
  MANIFEST_INVALID: {
    symptom: 'The manifest beside a backup is damaged or was edited.',
    checks: 'Whether another copy of the backup has a good one.',
    remedy: 'Copy the manifest from there. The artifact itself opens with stock tools: docs/restore-by-hand.md.',
  },
  MANIFEST_TOO_NEW: {
    symptom: 'The backup was made by a newer Holdfast.',
    checks: 'The version that the error names.',
    remedy: 'Update. The artifact itself opens with stock tools.',
  },
  SIGNATURE_INVALID: {
    symptom: 'A manifest is not what was signed.',
    checks: 'Who could change it. Other copies.',
    remedy: 'Do not trust it. Use another copy or backup.',
  },
  TOO_LARGE: {
    symptom: 'A file is larger than anything of its kind can be.',
    checks: 'Whether it is what its name says.',
    remedy: 'Name the right file.',
  },
  FORMAT_UNKNOWN: {
    symptom: 'A file is no backup that Holdfast knows.',
    checks:
      'What it is: the error says what its content looks like. An encrypted file of another tool has to be decrypted first.',
    remedy: 'Convert or decrypt it with the tool that made it, then import it.',
  },
  FORMAT_INVALID: {
    symptom: 'A file begins like a dump and does not go on like one.',
    checks: 'Whether it was copied whole, and as binary.',
    remedy: 'Copy it again. A dump that is damaged in the middle can not be relied on.',
  },
  NOT_EQUAL: {
    symptom: 'Two contents that have to be equal are not.',
    checks: 'The tables and rows that are named.',
    remedy: 'See what changed with `holdfast compare`.',
  },
} as const satisfies Record<string, Trouble>
