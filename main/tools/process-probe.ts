import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { hostname } from 'node:os'

/** A process: a pid counts only together with its start. */
export interface ProcessIdentity {
  readonly pid: number
  /** Opaque; equal for the same process only (within one boot of one host). */
  readonly startedAt: string
}

const probeTimeoutMs = 5_000
let knownBootId: string | null = null

/** Identifies the running boot of this machine: processes of another boot are dead. Empty where it can't be known. */
export function bootId(): string {
  knownBootId ??= readBootId()
  return knownBootId
}

/** This machine's name. */
export function hostName(): string {
  return hostname()
}

/** The process that has this pid now; null where there is none (a zombie counts as none). */
export function identityOf(pid: number): ProcessIdentity | null {
  if (!Number.isSafeInteger(pid) || pid <= 0) return null
  const startedAt = startOf(pid)
  return startedAt === null ? null : { pid, startedAt }
}

/** Whether this very process, not another one with its pid, still runs. Only for processes of this boot and host. */
export function isAlive(identity: ProcessIdentity): boolean {
  return identityOf(identity.pid)?.startedAt === identity.startedAt
}

/** State and start in clock ticks since boot out of `/proc/<pid>/stat`, whose second field may hold anything. Pure. */
export function parseProcStat(stat: string): { readonly state: string; readonly startTicks: string } | null {
  const afterName = stat.slice(stat.lastIndexOf(')') + 1).trim()
  const fields = afterName.split(' ')
  const state = fields[0]
  const startTicks = fields[19]
  return state === undefined || state === '' || startTicks === undefined ? null : { state, startTicks }
}

function startOf(pid: number): string | null {
  if (process.platform === 'linux') {
    const stat = readOrNull(`/proc/${String(pid)}/stat`)
    const parsed = stat === null ? null : parseProcStat(stat)
    return parsed === null || parsed.state === 'Z' || parsed.state === 'X' ? null : parsed.startTicks
  }
  if (process.platform === 'win32') {
    return ask('powershell.exe', [
      '-NoProfile',
      '-NonInteractive',
      '-Command',
      `(Get-Process -Id ${String(pid)}).StartTime.Ticks`,
    ])
  }
  const line = ask('/bin/ps', ['-o', 'stat=,lstart=', '-p', String(pid)])
  if (line === null || line.startsWith('Z')) return null
  return line.replace(/^\S+\s+/, '')
}

function readBootId(): string {
  if (process.platform === 'linux') return readOrNull('/proc/sys/kernel/random/boot_id')?.trim() ?? ''
  if (process.platform === 'darwin') return ask('/usr/sbin/sysctl', ['-n', 'kern.bootsessionuuid']) ?? ''
  const script = '(Get-CimInstance Win32_OperatingSystem).LastBootUpTime.Ticks'
  return ask('powershell.exe', ['-NoProfile', '-NonInteractive', '-Command', script]) ?? ''
}

/** What a program of the system prints, trimmed; null where it prints nothing or fails. */
function ask(path: string, args: readonly string[]): string | null {
  try {
    const options = {
      encoding: 'utf8',
      timeout: probeTimeoutMs,
      windowsHide: true,
      env: { ...process.env, LC_ALL: 'C' },
    } as const
    const answer = execFileSync(path, args, { ...options, stdio: ['ignore', 'pipe', 'ignore'] }).trim()
    return answer === '' ? null : answer
  } catch (error) {
    if (error instanceof Error) return null
    throw error
  }
}

function readOrNull(path: string): string | null {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error) return null
    throw error
  }
}
