import type { ArchiveObject } from '../../../preload/contract/index.ts'
import { plural } from '../../lib/format.ts'

type Held = Pick<ArchiveObject, 'displayName' | 'kind' | 'schema'> & { readonly columns: readonly string[] }

/** Those whose name or one of whose columns has the text in it; tables first, as they come. */
export function found<T extends Held>(objects: readonly T[], text: string): readonly T[] {
  const wanted = text.trim().toLowerCase()
  const matching = objects.filter(
    ({ displayName, columns }) =>
      displayName.toLowerCase().includes(wanted) || columns.some((column) => column.toLowerCase().includes(wanted)),
  )
  return matching.toSorted((a, b) => Number(b.kind === 'table') - Number(a.kind === 'table'))
}

/** `43 tables and 88 other objects in 3 schemas`. */
export function schemasOf(objects: readonly Held[]): string {
  const tables = objects.filter(({ kind }) => kind === 'table').length
  const others = objects.length - tables
  const schemas = new Set(objects.flatMap(({ schema }) => (schema === null ? [] : [schema]))).size
  const and = others === 0 ? '' : ` and ${plural(others, 'other object')}`
  return `${plural(tables, 'table')}${and}${schemas === 0 ? '' : ` in ${plural(schemas, 'schema')}`}`
}
