/** A condition as `holdfast rows --where` takes it: `\N` is NULL, `\\N` the text `\N`, a column with `=` is quoted. */
export function conditionText(column: string, value: string | null): string {
  const name = /[="]/.test(column) ? `"${column.replaceAll('"', '""')}"` : column
  if (value === null) return String.raw`${name}=\N`
  return `${name}=${/^\\+N$/.test(value) ? '\\' : ''}${value}`
}
