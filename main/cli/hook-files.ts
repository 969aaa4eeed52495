import { readFileSync, statSync } from 'node:fs'
import { AppError, Hook, RestoreCheck } from '../../preload/contract/index.ts'
import type { z } from 'zod'

/** What is given instead of a file to remove all of them. */
const nothing = 'none'
const largestBytes = 1024 * 1024
const most = 100

/** The hooks of a JSON file, or none for the word `none`. `USAGE` names the entry and the field that is wrong. */
export function readHooks(file: string): Hook[] {
  return readEntries(file, '--hooks', Hook)
}

/** The checks of a JSON file, or none for the word `none`. `USAGE` names the entry and the field that is wrong. */
export function readChecks(file: string): RestoreCheck[] {
  return readEntries(file, '--checks', RestoreCheck)
}

function readEntries<T>(file: string, flag: string, schema: z.ZodType<T>): T[] {
  if (file === nothing) return []
  const document = parseJson(file, flag)
  const refuse = (what: string) =>
    new AppError('USAGE', `${file}: ${what}`, { remedy: 'docs/hooks.md has examples of every kind.' })
  if (!Array.isArray(document)) throw refuse('a list is needed: [ { … }, { … } ].')
  if (document.length > most) throw refuse(`at most ${String(most)} entries are taken.`)
  return document.map((entry: unknown, at) => {
    const which = `entry ${String(at + 1)}${nameOf(entry)}`
    const parsed = schema.safeParse(entry)
    if (!parsed.success) {
      const [issue] = parsed.error.issues
      const field = issue === undefined || issue.path.length === 0 ? '' : `, ${fieldOf(issue.path)}`
      throw refuse(`${which}${field}: ${issue?.message ?? 'is not valid'}.`)
    }
    const unknown = unknownKey(entry, parsed.data, [])
    if (unknown !== null) throw refuse(`${which}: there is no field "${unknown}".`)
    return parsed.data
  })
}

function parseJson(file: string, flag: string): unknown {
  try {
    if (statSync(file).size > largestBytes) {
      throw new AppError('USAGE', `${file} has more than 1 MiB.`, { remedy: `Name the right file with ${flag}.` })
    }
    return JSON.parse(readFileSync(file, 'utf8'))
  } catch (error) {
    if (error instanceof AppError || !(error instanceof Error)) throw error
    const why = error instanceof SyntaxError ? 'is not JSON' : 'cannot be read'
    throw new AppError('USAGE', `${file} ${why}.`, {
      detail: error.message,
      remedy: `Name a JSON file that you may read with ${flag}, or "${flag} ${nothing}" to remove all.`,
      cause: error,
    })
  }
}

/** A schema leaves out what it does not know: the first such key, with its path; null where all are known. */
function unknownKey(given: unknown, known: unknown, path: readonly (string | number)[]): string | null {
  if (typeof given !== 'object' || given === null || typeof known !== 'object' || known === null) return null
  const isList = Array.isArray(given)
  for (const [key, value] of Object.entries(given)) {
    const here = [...path, isList ? Number(key) : key]
    if (!Object.hasOwn(known, key)) return fieldOf(here)
    const deeper = unknownKey(value, (known as Record<string, unknown>)[key], here)
    if (deeper !== null) return deeper
  }
  return null
}

function fieldOf(path: readonly PropertyKey[]): string {
  return path
    .map((part, at) => (typeof part === 'number' ? `[${String(part)}]` : `${at === 0 ? '' : '.'}${String(part)}`))
    .join('')
}

function nameOf(entry: unknown): string {
  if (typeof entry !== 'object' || entry === null || !('name' in entry) || typeof entry.name !== 'string') return ''
  return ` ("${entry.name.slice(0, 60)}")`
}
