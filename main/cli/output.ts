import type { AppErrorData } from '../../preload/contract/index.ts'
import { printable } from './format.ts'

/** The one document of `--json` for a command that did its work, with its line break. */
export function successDocument(data: unknown): string {
  return `${JSON.stringify({ ok: true, data })}\n`
}

/** The one document of `--json` for a command that did not. */
export function failureDocument({ code, message, detail, remedy, retryable }: AppErrorData): string {
  return `${JSON.stringify({ ok: false, error: { code, message, detail, remedy, retryable } })}\n`
}

/** An error for people: what happened, the next step, the code; what the tool said only when asked for. */
export function errorText(error: AppErrorData, isVerbose: boolean): string {
  const lines = [`holdfast: ${printable(error.message)}`]
  if (error.remedy !== null) lines.push(`  ${printable(error.remedy)}`)
  if (error.detail !== null) {
    if (isVerbose)
      lines.push(
        ...printable(error.detail, true)
          .split('\n')
          .map((line) => `  | ${line}`),
      )
    else lines.push('  -v shows the details.')
  }
  lines.push(`  (${error.code}) More: holdfast explain ${error.code}`)
  return lines.join('\n')
}
