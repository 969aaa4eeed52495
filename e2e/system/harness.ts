import { spawn, type ChildProcess } from 'node:child_process'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll } from 'vitest'
import { jobProcessesOf, killAll, processesOf, type Found } from './processes.ts'
import { holdfastProgram } from './program.ts'

const compileCache = fileURLToPath(new URL('../../node_modules/.cache/holdfast-system-tests', import.meta.url))

/** How a command ended, and its one document. */
export interface Ended {
  readonly exitCode: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
  readonly durationMs: number
}

/** The envelope that `--json` prints. */
export interface Envelope {
  readonly ok: boolean
  readonly data?: unknown
  readonly error?: {
    readonly code: string
    readonly message: string
    readonly detail: string | null
    readonly remedy: string | null
  }
}

/** A command that runs. */
export interface Running {
  readonly pid: number
  readonly ended: Promise<Ended>
  isRunning(): boolean
  /** All of standard error so far. */
  stderr(): string
  /** Resolves when a progress line names this stage; false where the command ended without it. Needs `--progress json`. */
  stage(name: string): Promise<boolean>
  /** Resolves when standard error holds `text`; false where the command ended without it. */
  said(text: string): Promise<boolean>
  signal(signal: NodeJS.Signals): void
}

/** A HOLDFAST_HOME of its own with a vault, in a temporary folder, and the command line over it. */
export class Sandbox {
  readonly folder: string
  readonly home: string
  readonly #program: string

  /** `program` is what runs. */
  constructor(folder: string, program: string = holdfastProgram) {
    this.folder = folder
    this.home = join(folder, 'home')
    this.#program = program
  }

  path(...parts: readonly string[]): string {
    return join(this.folder, ...parts)
  }

  /** Starts a command and leaves it running. */
  start(args: readonly string[], env: Readonly<Record<string, string>> = {}): Running {
    const child = spawn(process.execPath, [this.#program, ...args], {
      cwd: this.folder,
      env: {
        PATH: process.env['PATH'],
        HOME: this.folder,
        LC_ALL: 'C.UTF-8',
        // Half of the time of a short command is the reading of sources.
        NODE_COMPILE_CACHE: compileCache,
        HOLDFAST_HOME: this.home,
        HOLDFAST_VAULT_PASSPHRASE_FILE: join(this.folder, 'vault-passphrase'),
        ...env,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    return follow(child)
  }

  /** Runs a command to its end. */
  run(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Ended> {
    return this.start(args, env).ended
  }

  /** Runs a command with `--json`; throws unless it exits with one of `codes`. Answers what it printed as `data`. */
  async data<T = Record<string, unknown>>(args: readonly string[], codes: readonly number[] = [0]): Promise<T> {
    const ended = await this.run([...args, '--json'])
    if (ended.exitCode === null || !codes.includes(ended.exitCode)) {
      throw new Error(
        `holdfast ${args.join(' ')} ended with ${String(ended.exitCode)}\n${ended.stdout}\n${ended.stderr}`,
      )
    }
    return envelopeOf(ended).data as T
  }

  /** Processes that belong to this home or to one of its jobs. */
  async processes(): Promise<readonly Found[]> {
    return await processesOf(this.home)
  }

  /** Job processes of this home, and what they started. */
  async jobProcesses(): Promise<readonly Found[]> {
    return await jobProcessesOf(this.home)
  }
}

/** The document that a command printed on stdout. */
export function envelopeOf({ stdout, stderr }: Ended): Envelope {
  if (stdout.trim() === '') throw new Error(`No document was printed.\n${stderr}`)
  return JSON.parse(stdout) as Envelope
}

/** A sandbox for the describe block that calls this: with two folders to keep backups in, encryption switched on. */
export function useSandbox(): () => Sandbox {
  let sandbox: Sandbox | null = null
  beforeAll(async () => {
    const made = new Sandbox(await mkdtemp(join(tmpdir(), 'hf-system-')))
    sandbox = made
    await writeFile(made.path('vault-passphrase'), 'a vault passphrase for the tests\n', { mode: 0o600 })
    await writeFile(made.path('kit-passphrase'), 'a kit passphrase for the tests\n', { mode: 0o600 })
    await mkdir(made.path('disk'), { mode: 0o700 })
    await made.data(['destination', 'add', '--name', 'disk', '--type', 'local', '--path', 'disk'])
    await made.data(['key', 'create', '--recovery-kit', 'kit', '--passphrase-file', 'kit-passphrase'])
    await made.data(['key', 'verify', '--kit', 'kit', '--passphrase-file', 'kit-passphrase'])
  })
  afterAll(async () => {
    if (sandbox === null) return
    killAll(await sandbox.processes())
    await rm(sandbox.folder, { recursive: true, force: true, maxRetries: 5 })
  })
  return () => {
    if (sandbox === null) throw new Error('The sandbox is there only while tests run.')
    return sandbox
  }
}

function follow(child: ChildProcess): Running {
  const startedAt = performance.now()
  const output = { stdout: '', stderr: '' }
  const watchers = new Set<() => void>()
  const take = (name: 'stdout' | 'stderr') => (chunk: string) => {
    output[name] += chunk
    for (const watcher of watchers) watcher()
  }
  child.stdout?.setEncoding('utf8').on('data', take('stdout'))
  child.stderr?.setEncoding('utf8').on('data', take('stderr'))
  const ended = new Promise<Ended>((resolve, reject) => {
    child.once('error', reject)
    child.once('exit', (exitCode, signal) => {
      const durationMs = performance.now() - startedAt
      // A process that outlives the command must not keep its pipes open: that would be one of the faults.
      const late = setTimeout(() => child.stdout?.destroy() && child.stderr?.destroy(), 5_000)
      child.once('close', () => {
        clearTimeout(late)
        resolve({ exitCode, signal, ...output, durationMs })
      })
    })
  })
  const said = (text: string) =>
    new Promise<boolean>((resolve) => {
      const look = () => {
        if (!output.stderr.includes(text)) return
        watchers.delete(look)
        resolve(true)
      }
      watchers.add(look)
      void ended.then(
        () => resolve(output.stderr.includes(text)),
        () => resolve(false),
      )
      look()
    })
  return {
    pid: child.pid ?? 0,
    ended,
    isRunning: () => child.exitCode === null && child.signalCode === null,
    stderr: () => output.stderr,
    stage: (name) => said(`"stage":"${name}"`),
    said,
    signal: (signal) => void child.kill(signal),
  }
}
