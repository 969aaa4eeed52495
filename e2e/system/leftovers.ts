import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Sandbox } from './harness.ts'
import type { Source } from './sources.ts'
import { processesOfJobs } from './processes.ts'

/** The parts of a job that scripts see. */
export interface JobSeen {
  readonly id: string
  readonly kind: string
  readonly status: {
    readonly state: string
    readonly error?: { readonly code: string; readonly message: string; readonly detail: string | null }
  }
}

/** The parts of a backup that scripts see. */
export interface BackupSeen {
  readonly id: string
  readonly state: string
  readonly error: { readonly code: string } | null
  readonly copies: readonly { readonly destination: string; readonly state: string; readonly location: string }[]
}

/** Everything in the sandbox, on the machine and on the server that a job may leave behind. Empty when all is well. */
export async function leftoversOf(
  sandbox: Sandbox,
  source: Source,
  jobIds: readonly string[],
): Promise<readonly string[]> {
  return [...(await filesLeft(sandbox)), ...(await processesLeft(sandbox, jobIds)), ...(await source.leftovers())]
}

/** Partial files, temporary databases and secrets, and journals of databases that nobody uses. */
export async function filesLeft(sandbox: Sandbox): Promise<readonly string[]> {
  const files = (await readdir(sandbox.folder, { recursive: true })).map(String)
  const isTemporary = (name: string) =>
    /\.partial($|-)/.test(name) ||
    /(^|\/)\.hf_/.test(name) ||
    /^home\/run\/./.test(name) ||
    /\.sqlite-(wal|shm|journal)$/.test(name)
  return files.filter(isTemporary).map((name) => `file ${name}`)
}

/** Artifacts without a manifest, and manifests without an artifact. */
export async function unpairedIn(folder: string): Promise<readonly string[]> {
  const files = (await readdir(folder, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile())
  const names = new Set(files.map((entry) => join(entry.parentPath, entry.name)))
  const ending = '.manifest.json'
  return [...names].filter((name) =>
    name.endsWith(ending) ? !names.has(name.slice(0, -ending.length)) : !names.has(name + ending),
  )
}

async function processesLeft(sandbox: Sandbox, jobIds: readonly string[]): Promise<readonly string[]> {
  const ofJobs = await processesOfJobs(jobIds)
  const all = new Map([...ofJobs, ...(await sandbox.processes())].map((found) => [found.pid, found]))
  return [...all.values()].map(({ pid, command }) => `process ${String(pid)} ${command}`)
}
