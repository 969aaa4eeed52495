import { AppError } from '../../../preload/contract/index.ts'

/** PostgreSQL silently cuts longer names, and then means another object. */
export const nameLimitBytes = 63

/** A name as an identifier in SQL, always in double quotes. Pure. */
export function quoteIdentifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`
}

/** A text as a literal in SQL, whatever `standard_conforming_strings` says. Pure. */
export function quoteLiteral(text: string): string {
  const quoted = `'${text.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`
  return quoted.includes('\\') ? `E${quoted}` : quoted
}

/** A value in a connection string of libpq. Pure. */
export function quoteConnectionValue(value: string): string {
  return `'${value.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`
}

/** Throws `USAGE` for a database name that PostgreSQL would cut or can't have. */
export function assertDatabaseName(name: string): void {
  const bytes = Buffer.byteLength(name)
  if (bytes === 0 || name.includes('\0')) throw new AppError('USAGE', 'This is no name that a database can have.')
  if (bytes <= nameLimitBytes) return
  throw new AppError(
    'USAGE',
    `The database name is ${String(bytes)} bytes long; PostgreSQL cuts names at ${String(nameLimitBytes)} bytes.`,
    {
      detail: name,
      remedy: 'Choose a shorter name.',
    },
  )
}

/** The beginning of `text` that fits into `limitBytes` of UTF-8 without cutting a character. Pure. */
export function cutToBytes(text: string, limitBytes: number): string {
  let bytes = 0
  let end = 0
  for (const character of text) {
    bytes += Buffer.byteLength(character)
    if (bytes > limitBytes) break
    end += character.length
  }
  return text.slice(0, end)
}
