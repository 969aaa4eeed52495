import { rm } from 'node:fs/promises'
import { AppError, type ArchiveContents, type Warning } from '../../preload/contract/index.ts'
import { createManifest } from '../artifact/manifest-file.ts'
import { artifactName } from '../artifact/naming.ts'
import { publishCopies } from '../artifact/publish.ts'
import { restoreByHand } from '../artifact/restore-by-hand.ts'
import { writeArtifact, type WrittenArtifact } from '../artifact/write-artifact.ts'
import type { CopyRecord } from '../catalog/catalog.ts'
import type { DumpReport, JobContext } from '../engines/engine.ts'
import { answersAtBackup, type BackupAnswers } from '../hooks/answers.ts'
import { streamStallMs } from '../jobs/stall.ts'
import { asTaken } from '../workbench/as-taken.ts'
import { boundStructure } from '../workbench/bound-structure.ts'
import {
  connectionById,
  openConnection,
  ownFingerprintKey,
  ownSigningKey,
  type Workbench,
} from '../workbench/workbench.ts'
import { protectionWarnings } from '../workbench/protection.ts'
import { chooseFormat } from './choose-format.ts'
import { checkInventory } from './inventory.ts'
import { recipientsOf } from './recipients.ts'
import { kindOf, recordBackup, scopeOf, selectionOf, type Run, type TakenManifest } from './record.ts'
import type { BackupWork } from './request.ts'
import { beginOutput, publishOutput, type OutputCopy } from './output-copy.ts'
import { shrunk } from './shrunk.ts'
import { abortTargets, forgetLeftovers, openTargets, writersOf, type BackupTarget } from './targets.ts'
import { withHooks } from './with-hooks.ts'

interface Dumped {
  readonly written: WrittenArtifact<DumpReport>
  readonly contents: ArchiveContents
  readonly answers: BackupAnswers['answers']
  readonly warnings: readonly Warning[]
}

/**
 * Takes a backup. Resolves with its id only when it is *complete*: the dump ended well, the reader reached the end, every
 * object of the inventory that holds rows was seen, both digests are known, and at least one copy was read back and has its
 * manifest. Anything less throws, leaves nothing readable behind, and stands in the catalog as failed.
 */
export async function runBackup(bench: Workbench, work: BackupWork, context: JobContext): Promise<void> {
  const startedAt = new Date()
  const row = connectionById(bench, work.connectionId, work.request.connection)
  const source = openConnection(bench, row)
  const format = chooseFormat(source, work)
  const run: Run = {
    bench,
    work,
    context,
    source,
    format,
    startedAt,
    recipients: recipientsOf(bench, work),
    compression: work.request.compression,
  }
  await withHooks(run, () => take(run))
}

async function take(run: Run): Promise<void> {
  const { bench, work, context } = run
  const name = artifactName({
    connection: run.source.row.name,
    database: work.database,
    databaseIsPath: run.source.engine.capabilities.databaseIsPath,
    startedAt: run.startedAt,
    id: work.backupId,
    extension: run.format.extension,
    compression: run.compression,
    isEncrypted: run.recipients.length > 0,
  })
  bench.catalog.leftovers.add({
    jobId: context.jobId,
    kind: 'sessions',
    connectionId: run.source.row.id,
    destinationId: null,
    data: null,
  })
  const targets = await openTargets(bench, work.destinationIds, name, context)
  const output = await beginOutput(bench, work.output, context)
  try {
    const dumped = await dump(run, targets, output)
    const manifest = await writeManifest(run, dumped, name)
    const copies = await publish(run, dumped, manifest, targets, name)
    const { contents } = dumped
    const warnings = [...dumped.warnings, ...(await publishOutput(output, dumped.written, manifest, context))]
    const { schemaVersion } = dumped.written.report.facts
    recordBackup(run, { manifest, copies, contents, warnings, schemaVersion })
  } catch (error) {
    const isClean = await abortTargets(targets, output, context)
    if (isClean) forgetLeftovers(bench, context.jobId)
    throw error
  }
  forgetLeftovers(bench, context.jobId)
}

async function dump(run: Run, targets: readonly BackupTarget[], output: OutputCopy | null): Promise<Dumped> {
  const { bench, work, context, source, format } = run
  const reader = source.engine.reader(format.id)
  if (reader === null) throw new AppError('UNSUPPORTED', `The format ${format.id} cannot be read by this version.`)
  const asked = await answersAtBackup(bench, source, work.database, context)
  const key = ownFingerprintKey(bench)
  const written = await writeArtifact<DumpReport>({
    produce: (sink, signal) =>
      source.engine.dump(
        source.access,
        {
          database: work.database,
          format: format.id,
          content: work.request.content,
          include: work.request.include,
          exclude: work.request.exclude,
          excludeRows: work.request.excludeRows,
          rolePasswords: run.recipients.length > 0 && work.request.rolePasswords !== false,
          comparableWith: null,
          jobs: work.request.jobs,
        },
        sink,
        { ...context, signal },
      ),
    reader: reader.input === 'stream' ? reader : null,
    fingerprintKey: key,
    compression: run.compression,
    recipients: run.recipients,
    writers: writersOf(targets, output),
    signal: context.signal,
    report: (update) => context.report(update),
    stallTimeoutMs: streamStallMs(),
  })
  const { rowless = [] } = written.report
  const read = asTaken(await contentsOf(run, written), { content: work.request.content, rowless })
  const contents = boundStructure(read)
  const warnings = [
    ...protectionWarnings(source.engine, source.row),
    ...asked.warnings,
    ...written.report.warnings,
    ...rolePasswordWarnings(run, written.report.facts),
    ...checkInventory(contents, written.report.inventory, work.request.content !== 'schema'),
  ]
  return { written, contents, answers: asked.answers, warnings: [...warnings, ...shrunk(run, written.plaintextBytes)] }
}

/** What the reader found: as a tap in the stream, or in the plain copy that the engine left for it. */
async function contentsOf(run: Run, written: WrittenArtifact<DumpReport>): Promise<ArchiveContents> {
  const { file } = written.report
  const reader = run.source.engine.reader(run.format.id)
  try {
    if (written.contents !== null) return written.contents
    if (reader?.input !== 'file' || file === null) throw new AppError('INTERNAL', 'Nobody read the dump.')
    run.context.report({ stage: 'inspect' })
    return await reader.read(file, { key: ownFingerprintKey(run.bench), signal: run.context.signal })
  } finally {
    if (file !== null) await rm(file, { force: true })
  }
}

/** Only where they were asked for. */
function rolePasswordWarnings(run: Run, { globals }: DumpReport['facts']): Warning[] {
  if (run.work.request.rolePasswords !== true || globals === undefined || globals.passwords === 'kept') return []
  const why =
    globals.passwords === 'unreadable'
      ? 'the account of the connection may not read them'
      : 'the backup is not encrypted, and they never stand in the open'
  return [{ code: 'ROLE_PASSWORDS', message: `The backup does not hold the passwords of the roles: ${why}.` }]
}

async function writeManifest(run: Run, dumped: Dumped, name: string): Promise<TakenManifest> {
  const { bench, work, source, format } = run
  const { written, contents, answers, warnings } = dumped
  const { report } = written
  const finishedAt = new Date()
  const isEncrypted = run.recipients.length > 0
  const artifact = name.split('/').at(-1) ?? name
  const key = ownFingerprintKey(bench)
  run.context.report({ stage: 'manifest' })
  const made = await createManifest(
    {
      id: work.backupId,
      installation: bench.installation,
      appVersion: bench.appVersion,
      engine: source.engine.id,
      format: format.id,
      content: work.request.content,
      scope: scopeOf(work),
      kind: kindOf(work),
      trigger: work.request.trigger,
      name: work.request.name,
      description: work.request.description,
      createdBy: work.request.createdBy,
      connection: { id: source.row.id, name: source.row.name, environment: source.row.environment },
      database: work.database,
      server: report.server,
      tools: [...report.tools],
      argv: report.argv.map((argv) => [...argv]),
      settings: report.settings,
      startedAt: run.startedAt.toISOString(),
      finishedAt: finishedAt.toISOString(),
      durationMs: finishedAt.getTime() - run.startedAt.getTime(),
      artifact,
      compression: run.compression,
      plaintextBytes: written.plaintextBytes,
      plaintextSha256: written.plaintextSha256,
      artifactBytes: written.artifactBytes,
      artifactSha256: written.artifactSha256,
      warnings: [...warnings],
      fingerprintKeyId: key.id,
      restoreByHand: [
        ...restoreByHand({
          artifact,
          artifactSha256: written.artifactSha256,
          compression: run.compression,
          isEncrypted,
          engineCommand: source.engine.restoreByHand({
            format: format.id,
            database: work.database,
            artifact,
            tools: [...report.tools],
            server: report.server,
          }),
        }),
      ],
      ...selectionOf(work, report),
      auditHead: bench.audit.head(),
    },
    {
      archive: contents,
      facts: report.facts,
      fingerprintKey: Buffer.from(key.bytes).toString('hex'),
      ...(answers.length === 0 ? {} : { answers: [...answers] }),
    },
    run.recipients,
    ownSigningKey(bench),
  )
  const { contents: _contents, sealed: _sealed, ...manifest } = made.manifest
  return { manifest, bytes: made.bytes }
}

async function publish(
  run: Run,
  dumped: Dumped,
  manifest: TakenManifest,
  targets: readonly BackupTarget[],
  name: string,
): Promise<readonly CopyRecord[]> {
  const { bench, context } = run
  const ready = targets.flatMap((target) => {
    const wrote = dumped.written.copies.find((copy) => copy.writer === target.writer)
    if (target.open === null || target.writer === null || wrote?.outcome !== 'written') return []
    return [
      {
        destination: target.row.name,
        store: target.open,
        writer: target.writer,
        isLocal: bench.destination(target.row.type).isLocal,
      },
    ]
  })
  const published = await publishCopies({
    name,
    artifactBytes: dumped.written.artifactBytes,
    artifactSha256: dumped.written.artifactSha256,
    manifest: manifest.bytes,
    copies: ready,
    runId: context.jobId,
    assertOwner: () => context.assertOwner(),
    signal: context.signal,
  })
  if (!published.some((copy) => copy.state === 'stored')) {
    throw (
      published.find((copy) => copy.error !== null)?.error ??
      firstError(targets, dumped) ??
      new AppError('DESTINATION_FAILED', 'No copy could be stored.')
    )
  }
  const at = new Date().toISOString()
  return targets.map((target): CopyRecord => {
    const copy = published.find((each) => each.destination === target.row.name)
    const state = copy?.state ?? 'failed'
    return {
      destinationId: target.row.id,
      destination: target.row.name,
      object: name,
      location: copy?.location ?? target.open?.locate(name) ?? name,
      state,
      checkedAt: state === 'stored' ? at : null,
    }
  })
}

function firstError(targets: readonly BackupTarget[], dumped: Dumped): AppError | null {
  return (
    targets.find((target) => target.error !== null)?.error ??
    dumped.written.copies.find((copy) => copy.error !== null)?.error ??
    null
  )
}
