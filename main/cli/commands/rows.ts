import { randomUUID } from 'node:crypto'
import { stringify } from 'csv-stringify/sync'
import type { MethodInput, RowValue } from '../../../preload/contract/index.ts'
import { isClosedPipe, write, type Reply } from '../io.ts'
import { condition, positiveInteger, type Condition } from '../options.ts'
import type { Session } from '../session.ts'
import { reference } from './backups.ts'
import type { CommandGroup } from './group.ts'

interface RowsFlags {
  readonly connection?: string
  readonly where?: readonly Condition[]
  readonly limit?: number
}

/** How many rows the document of `--json` has at most, unless `--limit` says otherwise. */
const documentRows = 100

/** `rows <backup> <table>`. */
export const addRowsCommand: CommandGroup = (program, run) => {
  program
    .command('rows <backup> <table>')
    .description('rows of a table inside a backup, as CSV; nothing is restored')
    .option('--where <column=value>', 'only rows with this value, repeatable; column=\\N means NULL', condition)
    .option(
      '--limit <n>',
      `at most so many rows; without it all of them as CSV, ${documentRows} with --json`,
      positiveInteger,
    )
    .option('--connection <connection>', 'whose backup, where <backup> is "latest"')
    .action((backup: string, table: string, flags: RowsFlags) => run((session) => rows(session, backup, table, flags)))
}

/** What `rows` asks of the application; `streamId` null: the rows are part of the answer. */
export function rowsInput(
  backup: string,
  table: string,
  flags: RowsFlags,
  streamId: string | null,
): MethodInput<'backups.rows'> {
  const limit = flags.limit ?? (streamId === null ? documentRows : null)
  return { ...reference(backup, flags), table, where: [...(flags.where ?? [])], limit, streamId }
}

async function rows(session: Session, backup: string, table: string, flags: RowsFlags): Promise<Reply> {
  if (!session.globals.json) return await streamRows(session, (streamId) => rowsInput(backup, table, flags, streamId))
  const { columns, rows: found, more } = await session.job('backups.rows', rowsInput(backup, table, flags, null))
  return { data: { columns, rows: found, more }, text: '' }
}

/**
 * Writes batch after batch as CSV. The listener's promise resolves when the batch is on stdout, so that whoever
 * sends the batches can wait for it. A reader that leaves (`| head`) cancels the job and is no failure.
 */
async function streamRows(session: Session, input: (streamId: string) => MethodInput<'backups.rows'>): Promise<Reply> {
  const streamId = randomUUID()
  const application = await session.application()
  let written: Promise<void> = Promise.resolve()
  let hasHeader = false
  let hasReaderLeft = false

  const send = async (text: string) => {
    if (hasReaderLeft) return
    try {
      await write(session.io.stdout, text)
    } catch (error) {
      if (!isClosedPipe(error)) throw error
      hasReaderLeft = true
      await session.requestCancel()
    }
  }
  const header = (columns: readonly string[]) => {
    const line = hasHeader ? '' : csv([columns])
    hasHeader = true
    return line
  }
  const unsubscribe = application.subscribe('rows.batch', (batch) => {
    if (batch.streamId !== streamId) return undefined
    const text = header(batch.columns) + csv(batch.rows)
    written = written.then(() => send(text))
    return written
  })
  try {
    const { columns, rows: rest, more } = await session.job('backups.rows', input(streamId))
    await written
    await send(header(columns) + csv(rest))
    if (more) session.note('There are more rows; --limit asks for them.')
  } catch (error) {
    if (!hasReaderLeft) throw error
  } finally {
    unsubscribe()
  }
  return { data: null, text: '' }
}

/** Records as CSV lines after RFC 4180 with `\n`: NULL is an empty field, empty text is `""`. */
export function csv(records: readonly (readonly RowValue[])[]): string {
  return stringify(
    records.map((record) => [...record]),
    { quoted_match: /^$/, cast: { string: (value) => ({ value, quoted: value === '' }) } },
  )
}
