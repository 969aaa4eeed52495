const patterns = [
  /^pg_dump: dumping contents of table "(.+)"$/,
  /^pg_restore: processing data for table "(.+)"$/,
  /^pg_restore: creating [A-Z ]+ "(.+)"$/,
  /^pg_restore: executing ([A-Z ]+ .+)$/,
]

/** What the tool is at, out of one line of its messages; null where the line says something else. Pure. */
export function parseProgress(line: string): string | null {
  for (const pattern of patterns) {
    const item = pattern.exec(line)?.[1]
    if (item !== undefined) return item
  }
  return null
}

/** The text of a warning; null where the line is none. Pure. */
export function parseWarning(line: string): string | null {
  return /^pg_(?:dump|restore): warning: (.+)$/.exec(line)?.[1] ?? null
}
