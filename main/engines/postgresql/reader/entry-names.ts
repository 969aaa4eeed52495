import { isToken, qualifiedName, type SqlToken } from '../../plain-sql/sql-tokens.ts'
import { displayIdentifier, objectName } from '../object-names.ts'

/** The part of an entry that says what it is called. */
export interface NamedEntry {
  readonly desc: string
  readonly tag: string
  readonly namespace: string | null
  readonly dependencies: readonly number[]
}

/** What an object is called: the true name, and as the server would quote it, with schema and table. */
export interface EntryNames {
  readonly name: string
  readonly displayName: string
}

/** Kinds whose tag is the name of a table (or domain), a space, and the object's own name. */
const partsOfOthers = new Set([
  'CHECK CONSTRAINT',
  'CONSTRAINT',
  'DEFAULT',
  'FK CONSTRAINT',
  'POLICY',
  'RULE',
  'TRIGGER',
])
/** Kinds whose tag is no name but a phrase or an operator. */
const phrases = new Set([
  'ACL',
  'CAST',
  'COMMENT',
  'DEFAULT ACL',
  'OPERATOR',
  'PUBLICATION TABLE',
  'PUBLICATION TABLES IN SCHEMA',
  'SECURITY LABEL',
  'SUBSCRIPTION TABLE',
  'TRANSFORM',
  'USER MAPPING',
])
const functionWords = ['FUNCTION', 'PROCEDURE', 'AGGREGATE']

/** Kinds of entry that are functions. */
export const functionKinds: ReadonlySet<string> = new Set(functionWords)

/** Names an entry. `find` answers other entries by number, `definition` is its own, in tokens. */
export function entryNames(entry: NamedEntry, definition: readonly SqlToken[]): EntryNames {
  const { desc, tag, namespace } = entry
  if (functionKinds.has(desc)) return functionNames(entry, definition)
  if (phrases.has(desc)) return { name: tag, displayName: withSchema(namespace, tag) }
  return { name: tag, displayName: withSchema(namespace, displayIdentifier(tag)) }
}

/** Names an entry that belongs to a table; `find` answers the entries it depends on. Others as `fallback` says. */
export function namesInTable(
  entry: NamedEntry,
  fallback: EntryNames,
  find: (dumpId: number) => NamedEntry | undefined,
): EntryNames {
  if (!partsOfOthers.has(entry.desc)) return fallback
  const owners = entry.dependencies
    .map(find)
    .filter((other) => other !== undefined)
    .filter((other) => other.namespace === entry.namespace && entry.tag.startsWith(`${other.tag} `))
    .toSorted((a, b) => b.tag.length - a.tag.length)
  const [owner] = owners
  if (owner === undefined) return fallback
  const name = entry.tag.slice(owner.tag.length + 1)
  const table = withSchema(owner.namespace, displayIdentifier(owner.tag))
  return { name, displayName: `${table}.${displayIdentifier(name)}` }
}

/** The tag is the bare name and the types of the arguments: `do it(integer, text)`. */
function functionNames({ tag, namespace }: NamedEntry, definition: readonly SqlToken[]): EntryNames {
  const word = definition.findIndex((token) => functionWords.some((each) => isToken(token, each)))
  const name = qualifiedName(definition, word + 1)?.name
  if (word < 0 || name === undefined || !tag.startsWith(`${name}(`)) {
    return { name: tag, displayName: withSchema(namespace, tag) }
  }
  const args = tag.slice(name.length)
  return { name, displayName: `${withSchema(namespace, displayIdentifier(name))}${args}` }
}

function withSchema(namespace: string | null, quoted: string): string {
  return namespace === null ? quoted : `${displayIdentifier(namespace)}.${quoted}`
}

/** The name of a table as objects of an archive have it. */
export function tableName(namespace: string | null, name: string): string {
  return namespace === null ? displayIdentifier(name) : objectName(namespace, name)
}
