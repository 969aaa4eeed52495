import type { Trouble } from './trouble.ts'

/** Of Holdfast itself, of a command line, and of jobs. */
export const troublesOfWork = {
  INTERNAL: {
    symptom: 'Something happened that was not thought of: a defect of Holdfast.',
    checks: 'Whether it happens again. The log of the job (`holdfast jobs log <job>`) has what came before.',
    remedy:
      'Report it with the file that `holdfast diagnostics <folder>` writes. A backup that was begun is not listed as good.',
  },
  FAILED: {
    symptom: 'An operation did not succeed, for a reason that has no code of its own.',
    checks: 'The details of the error, and the log of the job.',
    remedy: 'Do what the error says next. Nothing half-done is left.',
  },
  USAGE: {
    symptom: 'A command, a field or a combination can not be used as it is.',
    checks: 'The sentence names the part that is wrong; `holdfast <command> --help` lists what is possible.',
    remedy: 'Correct that part and try again. Nothing was begun.',
  },
  NO_DESTINATION: {
    symptom: 'A backup was asked for, and there is no place to keep it.',
    checks: '`holdfast destination list`.',
    remedy: 'Add one: `holdfast destination add --name disk --type local --path <folder>`.',
  },
  NOT_FOUND: {
    symptom: 'An id or a name is not known here.',
    checks: 'Near ones stand in the error; `holdfast backups list`, `connection list`, `jobs list`.',
    remedy:
      'Use one of them. A backup that lies at a destination and is not listed comes back with `holdfast destination rescan <destination>`.',
  },
  AMBIGUOUS: {
    symptom: 'What was typed is the beginning of several ids, or the name of several things.',
    checks: 'The error lists them.',
    remedy: 'Type more of the id.',
  },
  ALREADY_EXISTS: {
    symptom: 'A name is taken, or a file would be replaced.',
    checks: 'What has that name now.',
    remedy: 'Choose another name. Holdfast never writes over a file that it did not make.',
  },
  CANCELLED: {
    symptom: 'Somebody stopped the job.',
    checks: 'The audit log says who: `holdfast audit list`.',
    remedy: 'Start it again. What it had written was removed.',
  },
  INTERRUPTED: {
    symptom: 'The job ended with its process: a crash, a shutdown, a kill.',
    checks: 'The log of the job, and the system’s log for the out-of-memory killer.',
    remedy:
      'Start it again. At the next start Holdfast removes what was left half done, and puts a database back that was being swapped.',
  },
  STALLED: {
    symptom: 'Nothing moved for a long time, and the job was ended.',
    checks: 'Whether the server answers, and whether somebody holds a lock (`pg_locks`).',
    remedy: 'Try again when the server is free. `HOLDFAST_STALL_SECONDS` sets how long is waited.',
  },
  LOCKED: {
    symptom: 'Another job works on the same database, destination or restore.',
    checks: '`holdfast jobs list`.',
    remedy: 'Wait for it or cancel it: `holdfast jobs cancel <job>`.',
  },
  OWNERSHIP_LOST: {
    symptom: 'Another Holdfast took this job over, because this one seemed dead.',
    checks: 'Whether the machine slept or was frozen, and which other Holdfast uses the same home.',
    remedy: 'Nothing: the job was stopped without harm. Start it again if its result is missing.',
  },
  HOOK_FAILED: {
    symptom: 'A hook of the connection failed, or did not end in its time.',
    checks: 'The log of the job has what it printed; `holdfast connection show <connection>` has the hooks.',
    remedy: 'Mend the hook or raise its time. One that runs before a job stops it with nothing touched.',
  },
  AUDIT_BROKEN: {
    symptom:
      'The chain of the audit log does not hold: an entry was changed or removed, or the catalog went back to an older copy.',
    checks: '`holdfast audit verify` names the first entry that does not fit.',
    remedy: 'Find out who had access to the data folder. Backups are not affected; new entries are chained on.',
  },
  CATALOG_CORRUPT: {
    symptom: 'The catalog of the data folder can not be read.',
    checks: '`holdfast doctor`; the disk of the data folder.',
    remedy:
      'Start Holdfast again: it takes the newest good copy of the catalog, or reads all destinations. Backups do not need the catalog.',
  },
  CATALOG_TOO_NEW: {
    symptom: 'The data folder was used by a newer Holdfast.',
    checks: '`holdfast --version` here and where it was used last.',
    remedy: 'Update this one.',
  },
} as const satisfies Record<string, Trouble>
