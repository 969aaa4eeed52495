import { spawn } from 'node:child_process'
import { join } from 'node:path'

/** Signals a process group by its leader's pid; on Windows the tree below it. Answers whether anything was there. */
export function killGroup(leader: number, signal: NodeJS.Signals): boolean {
  if (process.platform === 'win32') {
    const taskkill = join(process.env['SYSTEMROOT'] ?? 'C:\\Windows', 'System32', 'taskkill.exe')
    spawn(taskkill, ['/PID', String(leader), '/T', '/F'], { windowsHide: true, stdio: 'ignore' }).on('error', () => {
      killOne(leader, 'SIGKILL')
    })
    return true
  }
  return killOne(-leader, signal)
}

/** Signals one process (or, where `pid` is negative, a group). Answers whether it was there and ours to signal. */
export function killOne(pid: number, signal: NodeJS.Signals): boolean {
  try {
    process.kill(pid, signal)
    return true
  } catch (error) {
    if (error instanceof Error && 'code' in error && (error.code === 'ESRCH' || error.code === 'EPERM')) return false
    throw error
  }
}
