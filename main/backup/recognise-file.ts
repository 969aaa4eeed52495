import { basename } from 'node:path'
import { AppError, type ScriptFinding } from '../../preload/contract/index.ts'
import type { Engine, FormatInfo } from '../engines/engine.ts'
import { foreignKind } from './foreign-kind.ts'
import { openForeignFile, type ForeignFile } from './foreign-file.ts'

/** A file whose format is known. */
export interface RecognisedFile {
  readonly file: ForeignFile
  readonly engine: Engine<unknown>
  readonly format: FormatInfo
}

/** What was found in a file that is a program. */
export interface LintedFile extends RecognisedFile {
  readonly findings: readonly ScriptFinding[]
  /** Under which its contents can be compared with those of a database. */
  readonly settings: Readonly<Record<string, string>>
}

/** By content, never by name. `FORMAT_UNKNOWN`, and what `openForeignFile` throws. */
export async function recogniseFile(
  engines: readonly Engine<unknown>[],
  path: string,
  signal: AbortSignal,
): Promise<RecognisedFile> {
  const file = await openForeignFile(path, signal)
  for (const engine of engines) {
    const found = engine.recognise(file.head)
    const format = found === null ? undefined : formatsOf(engine).find((each) => each.id === found.format)
    if (format !== undefined) return { file, engine, format }
  }
  const kind = foreignKind(file.head)
  if (kind !== null) {
    throw new AppError('FORMAT_UNKNOWN', `${basename(path)} is ${kind.what}.`, { remedy: kind.remedy })
  }
  throw new AppError('FORMAT_UNKNOWN', `${basename(path)} is not a kind of backup that this version reads.`, {
    remedy: `It reads: ${engines.flatMap((engine) => formatsOf(engine).map((format) => format.label)).join(', ')}. An artifact needs its manifest beside it.`,
  })
}

/** Looks through a file, where its format is one that runs as a program. Nothing of it is run. */
export async function lintFile(
  engines: readonly Engine<unknown>[],
  path: string,
  signal: AbortSignal,
): Promise<LintedFile> {
  const found = await recogniseFile(engines, path, signal)
  const { engine, format, file } = found
  if (engine.lint === undefined) return { ...found, findings: [], settings: {} }
  try {
    return { ...found, ...(await engine.lint(format.id, file.open(signal), signal)) }
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'DUMP_INCOMPLETE') throw error
    const { message, remedy } = error
    const finding = {
      code: 'TRUNCATED',
      severity: 'error',
      message,
      fix: remedy ?? 'Get the whole file again.',
    } as const
    return { ...found, findings: [finding], settings: {} }
  }
}

/** Throws `UNSAFE_SCRIPT` with every error among the findings, `UNSUPPORTED` for a script of a database that isn't restored here. */
export function assertSafe(path: string, findings: readonly ScriptFinding[]): void {
  const errors = findings.filter(({ severity }) => severity === 'error')
  if (errors.length === 0) return
  const detail = errors.map(({ code, message, fix }) => `${code}: ${message} ${fix}`).join('\n')
  const other = errors.find(({ code }) => code === 'NOT_POSTGRESQL')
  if (other !== undefined) throw new AppError('UNSUPPORTED', other.message, { detail, remedy: other.fix })
  const count = errors.length === 1 ? 'one thing' : `${String(errors.length)} things`
  throw new AppError('UNSAFE_SCRIPT', `${basename(path)} holds ${count} that may do harm or cannot be restored.`, {
    detail,
    remedy: 'Look at them with `holdfast lint <file>`, mend the file, and try again.',
  })
}

function formatsOf({ capabilities }: Engine<unknown>): readonly FormatInfo[] {
  return [...capabilities.formats, ...(capabilities.importFormats ?? [])]
}
