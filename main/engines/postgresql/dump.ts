import type { Writable } from 'node:stream'
import { AppError, type Warning } from '../../../preload/contract/index.ts'
import type { ChosenTool } from '../../tools/choose-tool.ts'
import { runTool } from '../../tools/run-tool.ts'
import type { Access, DumpReport, DumpRequest, JobContext } from '../engine.ts'
import { dumpArgs, recordedSettings, toolSettings } from './args.ts'
import { logSuperuser } from './backup-account.ts'
import { dumpFolder, dumpThroughFolder, isDirectory, workerFlags } from './directory-dump.ts'
import { resolveEndpoint, type Endpoint } from './endpoint.ts'
import { explainToolFailure } from './errors.ts'
import { isSelection } from './dump-selection.ts'
import { scopeOfDump } from './dump-scope.ts'
import { expectedObjects, hasRowsIn, scopeWarnings } from './dump-report.ts'
import { readFacts } from './facts.ts'
import { customFormat, directoryFormat, plainFormat } from './format.ts'
import { readGlobals } from './globals.ts'
import { assertWhole, readCatalog, readWarnings } from './inventory.ts'
import { endSessionsAfterFailure } from './job-sessions.ts'
import { writePassFile } from './pass-file.ts'
import { isScript, ScriptEnd } from './plain-dump.ts'
import { parseProgress, parseWarning } from './progress.ts'
import type { PostgresProfile } from './profile.ts'
import { withSchemaVersion } from './schema-version.ts'
import { applicationNameOf, failureContext, withSession, type Session } from './session.ts'
import { chooseDumpTool, versionText } from './tools.ts'

/** Warnings of the tool itself that are passed on; more would say nothing new. */
const warningLimit = 50

/** See `Engine.dump`. Inventory, facts and rows are of one snapshot: this session exports it and holds it until the tool has ended. */
export async function dumpPostgres(
  access: Access<PostgresProfile>,
  request: DumpRequest,
  sink: Writable,
  context: JobContext,
): Promise<DumpReport> {
  // Without a listener, destroying the sink with a reason would end the process.
  sink.on('error', () => undefined)
  try {
    assertSupported(request)
    const endpoint = resolveEndpoint(access)
    const { database } = request
    const options = { database, applicationName: applicationNameOf(context.jobId), signal: context.signal }
    return await withSession(endpoint, options, (session) => dumpSnapshot(session, request, sink, context))
  } catch (error) {
    sink.destroy(error instanceof Error ? error : new Error(String(error)))
    throw error
  }
}

async function dumpSnapshot(
  session: Session,
  request: DumpRequest,
  sink: Writable,
  context: JobContext,
): Promise<DumpReport> {
  const { endpoint, versionNumber } = session
  const { tool, why } = await chooseDumpTool(versionNumber)
  context.log('info', why)
  await logSuperuser(session, context)
  await session.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY')
  const [exported] = await session.query<{ snapshot: string }>('SELECT pg_export_snapshot() AS snapshot')
  if (exported === undefined) throw new Error('pg_export_snapshot gave no row')
  const facts = await withSchemaVersion(session, await readFacts(session))
  const { inventory, obstacles } = await readCatalog(session)
  const settings = { encoding: request.comparableWith?.['encoding'] ?? facts.encoding ?? 'UTF8' }
  const { snapshot } = exported
  assertWhole({ ...obstacles, hidden: [], isStandby: false }, endpoint.user)
  const scope = await scopeOfDump({ endpoint, tool, snapshot, settings, inventory }, request, context)
  // Structure has no rows that could be hidden, or be on the primary server only.
  const { hidden, unlogged, isStandby } = obstacles
  const hasRows = (table: string) => request.content !== 'schema' && hasRowsIn(scope, table)
  const rows = { hidden: hidden.filter(hasRows), unlogged: unlogged.filter(hasRows), isStandby }
  assertWhole({ unreadable: [], ...rows }, endpoint.user)
  const warnings: Warning[] = [...(await readWarnings(session))]
  if (inventory.length === 0)
    warnings.push({
      code: 'EMPTY_DATABASE',
      message: `The database "${request.database}" holds no tables or other objects.`,
    })

  const isBackup = request.comparableWith === null
  const { globals, ...found } = isBackup
    ? await readGlobals(session, facts, request.rolePasswords === true)
    : { globals: null, warnings: [] }
  warnings.push(...found.warnings)
  warnings.push(...scopeWarnings(scope, inventory, request))
  const isPlain = isScript(request)
  const folder = isDirectory(request) ? dumpFolder(context) : null
  const shape = {
    format: folder !== null ? 'directory' : isPlain ? 'plain' : 'custom',
    flags: [...scope.flags, ...(folder === null ? [] : workerFlags(folder, request.jobs ?? 1))],
  } as const
  const args = dumpArgs(endpoint, request.database, snapshot, settings, request.content, shape)
  const script = isPlain ? new ScriptEnd(sink) : null
  const run = (into: Writable | null) => runDump(endpoint, tool, args, request, into, context)
  const said = await (folder === null
    ? run(script ?? sink)
    : dumpThroughFolder(folder, facts, sink, context, () => run(null)))
  warnings.push(...said.map((message) => ({ code: 'PG_DUMP_WARNING', message })))
  return {
    server: { product: 'PostgreSQL', version: versionText(versionNumber), versionNumber },
    tools: [{ name: tool.name, version: tool.version }],
    argv: [[tool.path, ...args]],
    settings: recordedSettings(settings),
    facts: globals === null ? facts : { ...facts, globals },
    inventory: expectedObjects(inventory, scope, request),
    warnings,
    rowless: scope.rowless,
    needs: scope.needs,
    file: null,
  }
}

/** Runs `pg_dump` into `sink` (null: it writes into a folder) and answers its warnings. */
async function runDump(
  endpoint: Endpoint,
  tool: ChosenTool['tool'],
  args: readonly string[],
  request: DumpRequest,
  sink: Writable | null,
  context: JobContext,
): Promise<readonly string[]> {
  const stage = request.comparableWith === null ? 'dump' : 'compare'
  const said: string[] = []
  let item: string | null = null
  let bytes = 0
  const passFile = await writePassFile(endpoint, context.runDirectory)
  try {
    await runTool({
      path: tool.path,
      args,
      env: toolSettings(endpoint, applicationNameOf(context.jobId), passFile?.path ?? null),
      jobId: context.jobId,
      signal: context.signal,
      redact: (text) => context.redact(text),
      ...(sink === null ? {} : { stdout: sink }),
      onStdoutBytes: (totalBytes) => {
        bytes = totalBytes
        context.report({ stage, item, bytes })
      },
      onStderrLine: (line) => {
        item = parseProgress(line) ?? item
        const warning = parseWarning(line)
        // Subscriptions that are left out stand by name in a warning of their own.
        if (warning !== null && said.length < warningLimit && !warning.startsWith('subscriptions not dumped'))
          said.push(warning)
      },
      explain: (exit) =>
        explainToolFailure(
          { tool: tool.name, ...exit, otherwise: 'TOOL_FAILED' },
          failureContext(endpoint, request.database),
        ),
      beforeEnd: ({ stdoutBytes, stderrTail }) => {
        if (sink !== null) assertArchive(tool.name, stdoutBytes, stderrTail)
        if (sink instanceof ScriptEnd) sink.assertComplete(tool.name)
      },
    })
  } catch (error) {
    await endSessionsAfterFailure(endpoint, context.jobId, (message) => context.log('warning', message))
    throw error
  } finally {
    await passFile?.remove()
  }
  return said
}

/** A header alone is longer than this. What the archive holds, its reader judges. */
const leastArchiveBytes = 64

function assertArchive(tool: string, stdoutBytes: number, stderrTail: string): void {
  if (stdoutBytes >= leastArchiveBytes) return
  throw new AppError(
    'DUMP_INCOMPLETE',
    `${tool} ended without an error, but its output is ${String(stdoutBytes)} bytes long: that is no dump.`,
    {
      detail: stderrTail,
      remedy: 'Check which program this is with `holdfast doctor`.',
    },
  )
}

function assertSupported({ format, comparableWith, ...selection }: DumpRequest): void {
  const known = [customFormat.id, plainFormat.id, directoryFormat.id]
  if (!known.includes(format)) {
    throw new AppError('UNSUPPORTED', `PostgreSQL backups are not written in the format "${format}".`, {
      remedy: `Use one of: ${known.join(', ')}.`,
    })
  }
  if (comparableWith !== null && isSelection(selection)) {
    throw new AppError('INTERNAL', 'A database is read as a whole where it is to be compared.')
  }
}
