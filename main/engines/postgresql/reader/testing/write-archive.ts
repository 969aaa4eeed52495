/** Parts of an archive in the custom format, version 1.14, as `pg_dump` through a pipe writes them. */

/** An integer: sign byte and 4 bytes. */
export function integer(value: number): Buffer {
  const bytes = Buffer.alloc(5)
  bytes[0] = value < 0 ? 1 : 0
  bytes.writeUInt32LE(Math.abs(value), 1)
  return bytes
}

function text(value: string | null): Buffer {
  return value === null ? integer(-1) : Buffer.concat([integer(Buffer.byteLength(value)), Buffer.from(value)])
}

/** An entry of the table of contents to write. */
export interface WrittenEntry {
  readonly dumpId: number
  readonly desc: string
  readonly tag: string
  readonly definition?: string
  readonly copyStatement?: string
  readonly dependencies?: readonly number[]
}

function entryBytes({ dumpId, desc, tag, definition, copyStatement, dependencies = [] }: WrittenEntry): Buffer {
  const hasData = copyStatement !== undefined
  const texts = (...values: readonly (string | null)[]) => Buffer.concat(values.map(text))
  return Buffer.concat([
    integer(dumpId),
    integer(hasData ? 1 : 0),
    texts('1259', '16384', tag, desc),
    integer(2),
    texts(definition ?? '', '', copyStatement ?? null, 'public', '', 'heap', 'owner', 'false'),
    texts(...dependencies.map(String), null),
    Buffer.of(hasData ? 1 : 3),
    Buffer.alloc(8),
  ])
}

/** Everything before the data. */
export function archiveHead(entries: readonly WrittenEntry[]): Buffer {
  return Buffer.concat([
    Buffer.from('PGDMP'),
    Buffer.of(1, 14, 0, 4, 8, 1),
    // Compression, and the time of seven parts.
    ...Array.from({ length: 8 }, () => integer(0)),
    ...['made', '15.0', '15.0'].map(text),
    integer(entries.length),
    ...entries.map(entryBytes),
  ])
}

/** A data block: its head, a chunk for each piece, and its end. */
export function dataBlock(dumpId: number, pieces: readonly (string | Buffer)[]): Buffer {
  const chunks = pieces.flatMap((piece) => [integer(Buffer.byteLength(piece)), Buffer.from(piece)])
  return Buffer.concat([blockStart(dumpId), ...chunks, integer(0)])
}

/** The head of a data block. */
export function blockStart(dumpId: number): Buffer {
  return Buffer.concat([Buffer.of(1), integer(dumpId)])
}

/** The chunk with which `pg_dump` ends the rows of a table. */
export const endOfRows = '\\.\n\n\n'

/** The entries of a table and its rows. */
export function tableEntries(dumpId: number, name: string, columns: readonly string[]): WrittenEntry[] {
  const list = columns.map((column) => `    ${column} text`).join(',\n')
  return [
    { dumpId, desc: 'TABLE', tag: name, definition: `CREATE TABLE public.${name} (\n${list}\n);\n` },
    {
      dumpId: dumpId + 1,
      desc: 'TABLE DATA',
      tag: name,
      copyStatement: `COPY public.${name} (${columns.join(', ')}) FROM stdin;\n`,
      dependencies: [dumpId],
    },
  ]
}
