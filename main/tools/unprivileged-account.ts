import { readFileSync } from 'node:fs'
import { AppError } from '../../preload/contract/index.ts'

/** A user of this machine, under whose rights a program runs. */
export interface Account {
  readonly name: string
  readonly uid: number
  readonly gid: number
}

/** Without rights, files and databases of its own. Not `postgres`: that user may reach real clusters of this machine. */
const accountName = 'nobody'

/**
 * For programs that refuse to run as root: null where this process isn't root, otherwise the user `nobody`.
 * `UNSUPPORTED` where this machine has no such user.
 */
export function unprivilegedAccount(readUsers: () => string = readUserList): Account | null {
  if (process.getuid?.() !== 0) return null
  return findAccount(readUsers(), accountName)
}

/** The user of that name in the text of `/etc/passwd`. `UNSUPPORTED` where there is none, or it has root's rights. Pure. */
export function findAccount(users: string, name: string): Account {
  const fields = users
    .split('\n')
    .map((line) => line.split(':'))
    .find(([first]) => first === name)
  // 4294967294 is how some systems write -2.
  const [uid, gid] = [Number(fields?.[2]) >>> 0, Number(fields?.[3]) >>> 0]
  if (fields !== undefined && uid !== 0 && gid !== 0) return { name, uid, gid }
  throw new AppError(
    'UNSUPPORTED',
    `A program that refuses to run as root would run as the user "${name}", which this machine does not have.`,
    {
      remedy: 'Run Holdfast as an ordinary user.',
    },
  )
}

/** What `spawn` needs for that; nothing for one's own rights. The working folder may be closed to another user. Pure. */
export function spawnAs(account: Account | null): {
  readonly uid?: number
  readonly gid?: number
  readonly cwd?: string
} {
  return account === null ? {} : { uid: account.uid, gid: account.gid, cwd: '/' }
}

function readUserList(): string {
  try {
    return readFileSync('/etc/passwd', 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error) return ''
    throw error
  }
}
