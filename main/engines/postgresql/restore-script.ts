import { PassThrough } from 'node:stream'
import type { ChosenTool } from '../../tools/choose-tool.ts'
import { runTool } from '../../tools/run-tool.ts'
import { scriptRunArgs, toolSettings } from './args.ts'
import type { Endpoint } from './endpoint.ts'
import { explainToolFailure } from './errors.ts'
import { withoutStatements, type HeadStatement } from './known-settings.ts'
import { parseProgress, parseWarning } from './progress.ts'
import { inputOf, type Run } from './restore-run.ts'
import { guardScript } from './script-guard.ts'
import { applicationNameOf } from './session.ts'

/** A restore for which `pg_restore` writes a script, because the server does not know all that it sets. */
export interface ScriptRestore {
  readonly login: Endpoint
  readonly database: string
  /** Of `pg_restore`: it writes to standard output. */
  readonly args: readonly string[]
  readonly psql: ChosenTool['tool']
  /** What is left out of the head of the script; nothing else is. */
  readonly without: readonly HeadStatement[]
  readonly passFile: string | null
  readonly onWarning: (message: string) => void
}

const bufferBytes = 1024 * 1024

/**
 * Lets `psql` run what `pg_restore` writes, without these statements, and stop at the first error. As `pg_restore` itself does it, not
 * in one transaction. Resolves when both programs ended well and the backup was read to its last byte.
 */
export async function restoreThroughScript(run: Run, work: ScriptRestore): Promise<void> {
  const { context, source, tool } = run
  const partner = new AbortController()
  const signal = AbortSignal.any([context.signal, partner.signal])
  const script = new PassThrough({ highWaterMark: bufferBytes })
  const state = { item: null as string | null, bytes: 0 }
  const report = () => context.report({ stage: 'restore', ...state, totalBytes: source.manifest.plaintextBytes })
  const shared = { jobId: context.jobId, signal, redact: (text: string) => context.redact(text) }
  const writing = runTool({
    ...shared,
    path: tool.path,
    args: work.args,
    ...inputOf(run),
    onStdinBytes: (totalBytes) => {
      state.bytes = totalBytes
      report()
    },
    stdout: script,
    onStderrLine: (line) => {
      state.item = parseProgress(line) ?? state.item
      report()
      const warning = parseWarning(line)
      if (warning !== null) work.onWarning(warning)
    },
    explain: (exit) => explainToolFailure({ tool: tool.name, ...exit, otherwise: 'RESTORE_FAILED' }, run.failure),
  })
  // It is awaited in the script's end; where psql fails first nobody else would.
  writing.catch(() => undefined)
  async function* statements(): AsyncGenerator<Uint8Array> {
    yield* guardScript(withoutStatements(script, work.without), olderTool)
    await writing
  }
  try {
    await runTool({
      ...shared,
      path: work.psql.path,
      args: scriptRunArgs(work.login, work.database),
      env: toolSettings(work.login, applicationNameOf(context.jobId), work.passFile),
      stdin: statements,
      onStderrLine: (line) => {
        const warning = /^psql:<stdin>:\d+: WARNING: +(.*)$/.exec(line)?.[1]
        if (warning !== undefined) work.onWarning(warning)
      },
      explain: (exit) =>
        explainToolFailure({ tool: work.psql.name, ...exit, otherwise: 'RESTORE_FAILED' }, run.failure),
    })
  } catch (error) {
    partner.abort(error)
    await writing.catch(() => undefined)
    throw error
  }
}

const olderTool = 'Install a pg_restore of version 16 or older, which needs no psql for this server.'
