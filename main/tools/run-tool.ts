import { spawn, type ChildProcess } from 'node:child_process'
import { isAbsolute } from 'node:path'
import type { Readable, Writable } from 'node:stream'
import { AppError } from '../../preload/contract/index.ts'
import { feed, pour } from './streams.ts'
import { killGroup } from './kill-group.ts'
import { StderrTail } from './stderr-tail.ts'
import { toolEnvironment } from './tool-environment.ts'
import { spawnAs, type Account } from './unprivileged-account.ts'

/** How a tool ended. */
export interface ToolExit {
  /** null where a signal ended it. */
  readonly exitCode: number | null
  readonly signal: NodeJS.Signals | null
  /** The last 64 KiB of its standard error, redacted and without control sequences. */
  readonly stderrTail: string
  /** Bytes that it wrote to its standard output. */
  readonly stdoutBytes: number
  readonly durationMs: number
}

/** One run of one tool. */
export interface ToolRun {
  /** Absolute. Never a script that needs a shell. */
  readonly path: string
  readonly args: readonly string[]
  /** Added to the allow-listed environment. */
  readonly env?: Readonly<Record<string, string>>
  /** Stands in the tool's environment as `HOLDFAST_JOB`; null outside of a job. */
  readonly jobId: string | null
  /** Whose rights it gets instead of one's own; only root can give other people's away. */
  readonly account?: Account | null
  readonly signal: AbortSignal
  /**
   * What the tool reads. Its signal is aborted when the tool failed. It is read to its end even where
   * the tool wanted only the beginning (unless `isHeadEnough`), so that its own check at the end happens.
   */
  readonly stdin?: (signal: AbortSignal) => AsyncIterable<Uint8Array>
  readonly isHeadEnough?: boolean
  readonly onStdinBytes?: (totalBytes: number) => void
  /** Where the output goes: ended after a clean exit, destroyed after anything else. Absent: the output is dropped. */
  readonly stdout?: Writable
  readonly onStdoutBytes?: (totalBytes: number) => void
  /** Each line of standard error, redacted and clean. */
  readonly onStderrLine?: (line: string) => void
  readonly redact: (text: string) => string
  /** Names the failure of a tool that did not end cleanly. */
  readonly explain: (exit: ToolExit) => AppError
  /** Asked after a clean exit, before `stdout` is ended: a thrown error makes it a failure. */
  readonly beforeEnd?: (exit: ToolExit) => void | Promise<void>
  /** null: no limit. */
  readonly timeoutMs?: number | null
}

/** SIGTERM, and so much later SIGKILL. Below the 1.2 s after which the parent of a job forces. */
const graceMs = 1_000
/** After SIGKILL: how long pipes that somebody else holds open are waited for. */
const lingerMs = 300

/**
 * Runs a tool: no shell, its own process group, an allow-listed environment. Resolves only after a clean exit, when
 * `stdin` was read to its end and `stdout` has finished. Otherwise nothing of the group is left running, `stdout` is
 * destroyed, and it throws the first cause: the signal's reason, the error of sink or source as it is, or what
 * `explain` makes of the exit. `TOOL_MISSING` where the program cannot be started.
 */
export async function runTool(run: ToolRun): Promise<ToolExit> {
  // Without a listener, destroying the sink with a reason would end the process.
  run.stdout?.on('error', () => undefined)
  try {
    run.signal.throwIfAborted()
    return await runOnce(run)
  } catch (error) {
    run.stdout?.destroy(error instanceof Error ? error : new Error(String(error)))
    throw error
  }
}

async function runOnce(run: ToolRun): Promise<ToolExit> {
  if (!isAbsolute(run.path)) throw new AppError('INTERNAL', `The tool's path is not absolute: ${run.path}`)
  const startedAt = performance.now()
  const child = spawn(run.path, [...run.args], {
    shell: false,
    detached: process.platform !== 'win32',
    windowsHide: true,
    ...spawnAs(run.account ?? null),
    env: toolEnvironment(process.env, run.env ?? {}, run.jobId),
    stdio: [run.stdin === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
  })
  const tail = new StderrTail(run.redact, run.onStderrLine ?? null)
  child.stderr?.on('data', (chunk: Buffer) => tail.write(chunk))
  const guard = new Guard(child)
  const onAbort = () => guard.fail(run.signal.reason)
  run.signal.addEventListener('abort', onAbort, { once: true })
  const limit = startLimit(run, guard)
  const stdinEnd = new AbortController()

  let stdoutBytes = 0
  const output = pour(child.stdout as Readable, run.stdout ?? null, (bytes) => {
    stdoutBytes += bytes
    run.onStdoutBytes?.(stdoutBytes)
  }).catch((error: unknown) => guard.fail(error))
  const input = feedStdin(run, child, stdinEnd.signal).catch((error: unknown) => guard.fail(error))
  try {
    const { exitCode, signal } = await guard.ended
    tail.end()
    const exit = (): ToolExit => {
      return { exitCode, signal, stderrTail: tail.text(), stdoutBytes, durationMs: performance.now() - startedAt }
    }
    guard.throwIfFailed()
    if (exitCode !== 0 || signal !== null) {
      // The tool may have failed because of what it was fed: then that is the cause.
      await Promise.race([input, new Promise((resolve) => setImmediate(resolve))])
      guard.throwIfFailed()
      throw run.explain(exit())
    }
    await Promise.race([Promise.all([input, output]), guard.failed])
    guard.throwIfFailed()
    run.signal.removeEventListener('abort', onAbort)
    run.signal.throwIfAborted()
    await run.beforeEnd?.(exit())
    if (run.stdout !== undefined) await endSink(run.stdout, run.signal)
    return exit()
  } finally {
    clearTimeout(limit)
    run.signal.removeEventListener('abort', onAbort)
    stdinEnd.abort(new AppError('FAILED', 'The tool that read this has ended.'))
  }
}

/** Ends `sink` and resolves when it accepted every byte. Throws its error, or the signal's reason. */
export async function endSink(sink: Writable, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted()
  if (sink.errored !== null) throw sink.errored
  await new Promise<void>((resolve, reject) => {
    const onAbort = () => reject(signal.reason as Error)
    const settle = (error: Error | null) => {
      signal.removeEventListener('abort', onAbort)
      if (error === null) resolve()
      else reject(error)
    }
    signal.addEventListener('abort', onAbort, { once: true })
    sink.once('finish', () => settle(null))
    sink.once('error', settle)
    sink.once('close', () => settle(sink.errored ?? new AppError('FAILED', 'The receiver of the data closed early.')))
    sink.end()
  })
}

/** The first failure of a run, and the end of its process, whichever way it comes. */
class Guard {
  /** Resolves when the process ended and its pipes are closed; rejects where it could not be started. */
  readonly ended: Promise<{ readonly exitCode: number | null; readonly signal: NodeJS.Signals | null }>
  /** Resolves with the first failure. */
  readonly failed: Promise<void>
  readonly #child: ChildProcess
  readonly #noteFailure: () => void
  #failure: { readonly error: unknown } | null = null
  #isClosed = false

  constructor(child: ChildProcess) {
    this.#child = child
    const { promise, resolve } = Promise.withResolvers<void>()
    this.failed = promise
    this.#noteFailure = resolve
    this.ended = new Promise((settle, reject) => {
      child.once('error', (error) => reject(startFailure(child.spawnfile, error)))
      child.once('close', (exitCode, signal) => {
        this.#isClosed = true
        settle({ exitCode, signal })
      })
    })
    this.ended.catch(() => undefined)
    child.once('exit', (exitCode) => {
      if (exitCode !== 0) this.#release()
    })
  }

  /** Ends the whole group. Only the first failure counts. */
  fail(error: unknown): void {
    if (this.#failure !== null) return
    this.#failure = { error }
    this.#noteFailure()
    if (this.#isClosed) return
    const child = this.#child
    killGroupOf(child, 'SIGTERM')
    child.stdin?.destroy()
    child.stdout?.destroy()
    const force = setTimeout(() => this.#release(), graceMs)
    child.once('exit', () => {
      clearTimeout(force)
      this.#release()
    })
  }

  /** Ends what is left of the group, and closes the pipes that keep the end from being seen. */
  #release(): void {
    if (this.#isClosed) return
    killGroupOf(this.#child, 'SIGKILL')
    this.#child.stdin?.destroy()
    this.#child.stdout?.destroy()
    setTimeout(() => this.#child.stderr?.destroy(), lingerMs).unref()
  }

  throwIfFailed(): void {
    if (this.#failure !== null) throw this.#failure.error
  }
}

function startLimit(run: ToolRun, guard: Guard): NodeJS.Timeout | undefined {
  const timeoutMs = run.timeoutMs ?? null
  if (timeoutMs === null) return undefined
  const late = new AppError('TOOL_FAILED', `${run.path} did not answer within ${String(timeoutMs / 1000)} s.`)
  return setTimeout(() => guard.fail(late), timeoutMs)
}

async function feedStdin(run: ToolRun, child: ChildProcess, signal: AbortSignal): Promise<void> {
  if (run.stdin === undefined || child.stdin === null) return
  const source = run.stdin(AbortSignal.any([run.signal, signal]))
  try {
    await feed(source, child.stdin, run.isHeadEnough ?? false, run.onStdinBytes ?? (() => undefined))
  } catch (error) {
    // After the tool's end its exit says what happened; the source only noticed that nobody reads any more.
    if (!signal.aborted) throw error
  }
}

function killGroupOf(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid !== undefined) killGroup(child.pid, signal)
}

function startFailure(path: string, error: Error): AppError {
  return new AppError('TOOL_MISSING', `The program ${path} could not be started.`, {
    detail: error.message,
    remedy: 'Check that the file is there and may be executed, or choose another in the settings.',
    cause: error,
  })
}
