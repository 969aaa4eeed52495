import type { ArchiveContents, Content } from '../../preload/contract/index.ts'

/** Why the rows of a table aren't compared: they were left out when the backup was taken. */
export const rowsLeftOut = 'its rows were left out of this backup'

/**
 * What a reader found, in the light of what was asked for: a reader of a script can't tell a table without rows from a table whose rows
 * were left out. Structure alone has no rows, no values of sequences and no large objects. Pure.
 */
export function asTaken(
  contents: ArchiveContents,
  taken: { readonly content: Content; readonly rowless?: readonly string[] },
): ArchiveContents {
  const rowless = new Set(taken.rowless)
  if (taken.content !== 'schema' && rowless.size === 0) return contents
  const isStructure = taken.content === 'schema'
  const notCovered = [...rowless].map((object) => ({ object, why: rowsLeftOut }))
  return {
    ...contents,
    objects: contents.objects
      .filter(({ kind }) => !isStructure || kind !== 'large-objects')
      .map((object) => {
        if (isStructure) return { ...object, rows: null, fingerprint: null, value: null }
        const hasNone = object.kind === 'table' && rowless.has(object.displayName)
        return hasNone ? { ...object, rows: null, fingerprint: null } : object
      }),
    notCovered: [...contents.notCovered, ...notCovered],
  }
}

/** `displayName`s of the tables whose rows were left out. Pure. */
export function tablesWithoutRows(contents: ArchiveContents): ReadonlySet<string> {
  return new Set(contents.notCovered.filter(({ why }) => why === rowsLeftOut).map(({ object }) => object))
}
