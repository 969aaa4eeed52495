import { statSync } from 'node:fs'
import { resolve } from 'node:path'
import type { Session } from '../session.ts'

/**
 * The backup that `reference` names. Where it is a file's path, the file is imported first, and the imported
 * backup is meant; an id never holds a separator or a dot.
 */
export async function importedWhenFile(session: Session, reference: string): Promise<string> {
  if (!/[/\\.]/.test(reference)) return reference
  const isFile = statSync(reference, { throwIfNoEntry: false })?.isFile() === true
  if (!isFile) return reference
  const { id, origin } = await session.job('backups.import', { path: resolve(reference), to: null })
  session.note(`Imported ${reference} as ${id}, origin ${origin}.`)
  return id
}
