import type { Trouble } from './trouble.ts'

/** Of database servers, ways to them, and the vendors' programs. */
export const troublesOfServers = {
  UNREACHABLE: {
    symptom: 'The server does not answer.',
    checks:
      'Host and port, whether the server runs, a firewall; `holdfast connection test <connection>` says which part of the way failed.',
    remedy: 'Start the server or correct the connection. Behind a firewall use an SSH tunnel (`--ssh-host`).',
  },
  AUTHENTICATION_FAILED: {
    symptom: 'The server does not take this user with this password, or an SSH login was refused.',
    checks: 'The user’s name, the password, and on the server `pg_hba.conf`.',
    remedy:
      'Give the password again: `holdfast connection edit <connection> --password-file <file>`. Passwords of roles are not changed by a restore unless that was asked for.',
  },
  TLS_FAILED: {
    symptom: 'The connection could not be encrypted, or the server’s certificate does not fit.',
    checks: 'The name of the host against the certificate, its date, and the file of trusted certificates.',
    remedy:
      'Name the right `--ca-file`, or have the server offer TLS. A weaker `--tls` gives up the proof of who answers.',
  },
  HOST_KEY_UNKNOWN: {
    symptom: 'The SSH server was never seen, and nobody was there to accept its key.',
    checks:
      'Compare the fingerprint with the one that the server’s administrator tells (`ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub`).',
    remedy: 'Give it with `--ssh-host-key SHA256:…`.',
  },
  HOST_KEY_CHANGED: {
    symptom: 'The SSH server shows another key than the one that was accepted.',
    checks: 'Whether the server was set up anew. Otherwise somebody may stand between.',
    remedy:
      'Only when you know why: give the new one with `holdfast connection edit <connection> --ssh-host-key SHA256:…`.',
  },
  CONNECTION_LOST: {
    symptom: 'The connection broke in the middle of the work.',
    checks: 'The server’s log, the network, and time limits of proxies between.',
    remedy: 'Try again. Nothing half-done is left: an incomplete dump is never listed as good.',
  },
  DATABASE_MISSING: {
    symptom: 'The database, or the file, is not there.',
    checks: 'The name: `holdfast connection test <connection>` lists what the server has.',
    remedy: 'Correct it with `holdfast connection edit`, or name another with `--database`.',
  },
  DATABASE_BUSY: {
    symptom: 'Somebody holds a lock for too long.',
    checks: 'Who it is: `pg_stat_activity` and `pg_locks`, or the program that has the file open.',
    remedy: 'Wait for them, or take the backup at another time.',
  },
  PERMISSION_DENIED: {
    symptom: 'The account may not read, write or create what is needed.',
    checks:
      'What the error names; `holdfast connection show <connection>` prints the statements for an account that may back up everything.',
    remedy: 'Run those statements as an administrator. For a folder: change its owner or its mode.',
  },
  ROW_SECURITY: {
    symptom: 'Row security hides rows from this account: a dump would not be whole.',
    checks: 'The tables that the error names.',
    remedy: 'Give the account BYPASSRLS, or back up with the owner of the tables.',
  },
  SERVER_LIMIT: {
    symptom: 'The server refused for want of connections, locks, memory or disk.',
    checks: '`max_connections`, `max_locks_per_transaction`, the server’s disk.',
    remedy: 'Raise the limit that the error names, or try when less is going on.',
  },
  UNSUPPORTED: {
    symptom: 'This combination, format or version can not be handled.',
    checks: 'What the error says would work instead.',
    remedy: 'Do that. It is refused because a result could not be relied on.',
  },
  TOOL_MISSING: {
    symptom: 'A program of the database’s vendor is needed and was not found.',
    checks: '`holdfast tools list` shows what was found and where it was looked for.',
    remedy: 'Install the client programs of the server’s version, or name their folder: `holdfast tools use <folder>`.',
  },
  TOOL_TOO_OLD: {
    symptom: 'The programs that were found are older than the server.',
    checks: '`holdfast tools list`, and the server’s version in `holdfast connection test`.',
    remedy:
      'Install those of the server’s version or newer. Older ones stay where they are: the closest that fits is used.',
  },
  TOOL_FAILED: {
    symptom: 'A program of the vendor ended with an error.',
    checks: 'What it said, in the details of the error and in the log of the job.',
    remedy: 'Mend what it names. Its output was thrown away.',
  },
  TOOL_KILLED: {
    symptom: 'A program of the vendor was killed from outside.',
    checks: 'The system’s log for the out-of-memory killer; who else is on the machine.',
    remedy: 'Free memory and try again.',
  },
  DUMP_INCOMPLETE: {
    symptom: 'The program said that it is done, but what it wrote has no proper end.',
    checks: 'The disk and memory of the server, and whether the program is the vendor’s own.',
    remedy: 'Try again. The file is not kept as a backup.',
  },
  INCOMPLETE_CONTENT: {
    symptom: 'A table that the database has is missing in the dump, or has no rows in it although it should.',
    checks: 'Whether the structure was changed during the dump, and the rights of the account.',
    remedy: 'Take the backup again when nobody changes tables; give the account the right to read them all.',
  },
} as const satisfies Record<string, Trouble>
