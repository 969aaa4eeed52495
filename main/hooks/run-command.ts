import { AppError } from '../../preload/contract/index.ts'
import { findProgram } from '../tools/find-program.ts'
import { runTool, type ToolExit } from '../tools/run-tool.ts'
import { OutputLog } from './output-log.ts'
import type { ActionContext, Attempt } from './scope.ts'

/** A program to run: no shell, an allow-listed environment. */
export interface CommandRun {
  /** Whose it is, for the log. */
  readonly name: string
  readonly argv: readonly string[]
  readonly allowedExitCodes: readonly number[]
  readonly env: Readonly<Record<string, string>>
}

/**
 * Runs a command to its end. An abort of `signal` ends its whole process group and throws the reason. `could-not-run` where
 * there is no such program.
 */
export async function runCommand(run: CommandRun, context: ActionContext, signal: AbortSignal): Promise<Attempt> {
  const [program = '', ...args] = run.argv
  const path = findProgram(program)
  if (path === null) {
    return { outcome: 'could-not-run', detail: `There is no program "${program}" in PATH; give its absolute path.` }
  }
  const output = new OutputLog(run.name, context)
  const ended: { exit: ToolExit | null } = { exit: null }
  const stdout = output.sink()
  try {
    ended.exit = await runTool({
      path,
      args,
      env: run.env,
      jobId: context.jobId,
      signal,
      stdout,
      onStderrLine: (line) => output.line(line),
      redact: (text) => context.redact(text),
      explain: (exit) => {
        ended.exit = exit
        return new AppError('TOOL_FAILED', `${path} did not end well.`)
      },
    })
  } catch (error) {
    signal.throwIfAborted()
    if (error instanceof AppError && error.code === 'TOOL_MISSING') {
      return { outcome: 'could-not-run', detail: `${error.message} ${error.detail ?? ''}`.trim() }
    }
    if (ended.exit === null) throw error
  } finally {
    stdout.destroy()
  }
  return judge(run, ended.exit, output.end())
}

function judge({ allowedExitCodes }: CommandRun, { exitCode, signal }: ToolExit, tail: string): Attempt {
  if (exitCode !== null && allowedExitCodes.includes(exitCode)) {
    return { outcome: 'passed', detail: `exit code ${String(exitCode)}` }
  }
  const how = exitCode === null ? `It was ended by ${signal ?? 'a signal'}.` : `It ended with ${String(exitCode)}.`
  return { outcome: 'failed', detail: tail === '' ? how : `${how}\n${tail}` }
}
