import type { Trouble } from './trouble.ts'

/** Of restores, and of keys and passwords. */
export const troublesOfRestores = {
  TARGET_EXISTS: {
    symptom: 'The database that is to be made is there already.',
    checks: 'What it is: `holdfast connection test <connection>`.',
    remedy: 'Choose another name, or plan over it with `--mode swap` or `--mode in-place`.',
  },
  TARGET_IS_CATALOG: {
    symptom: 'The target is Holdfast’s own catalog.',
    checks: 'The path.',
    remedy: 'Choose another file.',
  },
  TARGET_CHANGED: {
    symptom: 'The target is not as it was when the plan was made.',
    checks: 'Who changed it: the plan names identity and structure.',
    remedy: 'Make the plan again and look at it again. Nothing was touched.',
  },
  PLAN_INVALID: {
    symptom: 'A plan was edited, is damaged, or was made by another installation.',
    checks: 'Where the file comes from.',
    remedy: 'Make it again with `holdfast restore plan`.',
  },
  PLAN_BLOCKED: {
    symptom:
      'Something has to be mended before the restore can begin: a missing role, extension, tablespace or collation, other people’s sessions, unverified TLS on production.',
    checks: 'The blockers of the plan. Each has the statement or flag that mends it.',
    remedy: 'Do that, and plan again.',
  },
  CONFIRMATION_MISSING: {
    symptom: 'Something that can not be taken back was not confirmed.',
    checks: 'What the error wants to be typed, and on which server it is.',
    remedy: 'Type it (`--confirm`), once you are sure that it is this one.',
  },
  CONFIRMATION_WRONG: {
    symptom: 'The name that was typed is not the name of the target.',
    checks: 'Both stand in the error, with the server.',
    remedy:
      'If the name in the error is not what you meant, you were about to restore over the wrong database. Otherwise type it exactly.',
  },
  RESTORE_FAILED: {
    symptom: 'The restore began and could not be finished.',
    checks: 'What the server said, in the details. `holdfast restore list` says in which state the target is.',
    remedy:
      'A new or side-by-side database was dropped, an in-place restore rolled back. Mend the cause and plan again; the error names the next good and the next proven backup.',
  },
  UNSAFE_SCRIPT: {
    symptom: 'An SQL script does things that a dump does not do.',
    checks: '`holdfast lint <file>` lists them with their lines.',
    remedy: 'Look at each of them. What has to run is run by hand, by somebody who knows the script.',
  },
  KEY_MISSING: {
    symptom: 'A key is needed that is not here.',
    checks: 'The fingerprint that the error names against `holdfast key verify`.',
    remedy: 'Take it over from its recovery kit: `holdfast key import --kit <kit>`.',
  },
  KEY_WRONG: {
    symptom: 'The key that is here does not open this backup.',
    checks: 'Which installation made the backup: `holdfast backups show <backup>`.',
    remedy: 'Import the recovery kit of that installation.',
  },
  KIT_INVALID: {
    symptom: 'A recovery kit is damaged or incomplete.',
    checks: 'Another copy of the kit; the printed page has the key too.',
    remedy: 'Use that one. `holdfast key verify` says whether the key itself is still here: then no backup is lost.',
  },
  PASSPHRASE_WRONG: {
    symptom: 'The passphrase does not open the vault or the kit.',
    checks: 'Caps lock, the keyboard’s layout, and which of the two passphrases is asked for.',
    remedy: 'Try again. Nobody can reset it.',
  },
  SECRET_MISSING: {
    symptom: 'The password of a connection or destination is not where it was kept.',
    checks: 'Whether the keychain was reset, or the data folder moved to another machine.',
    remedy: 'Give it again: `holdfast connection edit <connection> --password-file <file>`.',
  },
  KEYCHAIN_LOCKED: {
    symptom: 'The keychain of the system is locked.',
    checks: 'Whether somebody is logged in at the desktop.',
    remedy: 'Unlock it. Jobs that need a password wait until then.',
  },
  KEYCHAIN_DENIED: {
    symptom: 'The keychain refused, or somebody said no to its question.',
    checks: 'What the keychain’s own program allows Holdfast.',
    remedy: 'Allow it there and try again.',
  },
  KEYCHAIN_MISSING: {
    symptom: 'This system has no keychain that can be used: a server without a desktop, a container.',
    checks: '`holdfast doctor`.',
    remedy: 'Use the encrypted vault: `HOLDFAST_VAULT_PASSPHRASE_FILE` names a file with its passphrase.',
  },
  KEYCHAIN_TIMEOUT: {
    symptom: 'The keychain did not answer in ten seconds.',
    checks: 'Whether its dialog waits behind another window.',
    remedy: 'Answer it and try again.',
  },
  SECRET_COMMAND_FAILED: {
    symptom: 'The program that gives a password failed.',
    checks: 'Run it by hand as the same user.',
    remedy: 'Mend it, or store the password: `holdfast connection edit <connection> --password-file <file>`.',
  },
} as const satisfies Record<string, Trouble>
