import type { Attention, StatusReport } from '../../../preload/contract/index.ts'
import { fingerprintOf } from '../../artifact/keys.ts'
import { currentRecipient } from '../../secrets/identities.ts'
import { protectionWarnings } from '../../workbench/protection.ts'
import type { Core } from '../core.ts'
import { registries } from '../registries.ts'

type DatabaseStatus = StatusReport['databases'][number]
type Action = Attention['actions'][number]

const severities = ['bad', 'late', 'warning'] as const

/** What waits for a person, the worst first, each with where it is mended. */
export async function attentionOf(core: Core, databases: readonly DatabaseStatus[]): Promise<Attention[]> {
  const all = [
    ...interruptedRestores(core),
    ...badCopies(core),
    ...databases.flatMap((database) => {
      const failure = failed(core, database)
      // A failure says why it is late, and offers the same way out.
      return [...(failure.length > 0 ? failure : late(database)), ...unproven(database)]
    }),
    ...unprotected(core),
    ...(databases.length === 0 ? [] : await missingKey(core)),
  ]
  return all.toSorted((a, b) => severities.indexOf(a.severity) - severities.indexOf(b.severity))
}

/** A connection without verified TLS is told for as long as it is one, also where somebody accepted it. */
function unprotected({ catalog }: Core): Attention[] {
  return catalog.connections.list().flatMap((row) =>
    protectionWarnings(registries.engine(row.engine), row).map(({ message }) => ({
      severity: 'warning' as const,
      subject: row.name,
      sentence: message,
      actions: [],
    })),
  )
}

function late({ connection, connectionId, state, lastGoodAt, goalHours, sentence }: DatabaseStatus): Attention[] {
  if (state !== 'overdue' && state !== 'not-yet') return []
  const said =
    lastGoodAt === null
      ? `There is no good backup yet; the goal is one every ${String(goalHours)} h.`
      : sentence.slice(`${connection}: `.length)
  return [
    {
      severity: 'late',
      subject: connection,
      sentence: capital(said),
      actions: [{ kind: 'back-up', connection: connectionId }],
    },
  ]
}

function failed({ catalog }: Core, status: DatabaseStatus): Attention[] {
  if (status.lastState !== 'failed') return []
  const [newest] = catalog.backups.list({ connectionId: status.connectionId, limit: 1 })
  if (newest === undefined) return []
  const job = newest.jobId === null ? null : catalog.jobs.find(newest.jobId)
  const show: Action = job === null ? { kind: 'show-backup', backup: newest.id } : { kind: 'show-job', job: job.job.id }
  return [
    {
      severity: 'bad',
      subject: status.connection,
      sentence: `The newest backup failed: ${newest.error?.message ?? 'it is not known why.'}`,
      actions: [show, { kind: 'back-up', connection: status.connectionId }],
    },
  ]
}

function unproven({ connection, lastGood, lastProven }: DatabaseStatus): Attention[] {
  if (lastGood === null || lastProven !== null) return []
  return [
    {
      severity: 'warning',
      subject: connection,
      sentence: 'No backup of it was proven by a restore test yet.',
      actions: [{ kind: 'restore-test', backup: lastGood }],
    },
  ]
}

function badCopies({ catalog }: Core): Attention[] {
  return catalog.backupLists.badCopies().map(({ destination, copies, newest }) => ({
    severity: 'bad',
    subject: destination,
    sentence:
      copies === 1
        ? 'A copy of a backup is missing or was altered.'
        : `${String(copies)} copies of backups are missing or were altered.`,
    actions: [{ kind: 'show-backup', backup: newest }],
  }))
}

function interruptedRestores({ catalog }: Core): Attention[] {
  return catalog.restores.interrupted().map((record) => ({
    severity: 'bad',
    subject: catalog.connections.find(record.connectionId)?.name ?? record.database,
    sentence: `A restore into ${record.database} was interrupted and is not settled yet.`,
    actions: [{ kind: 'show-restore', restore: record.id }],
  }))
}

async function missingKey({ catalog, home }: Core): Promise<Attention[]> {
  const recipient = await currentRecipient(home)
  if (recipient !== null && catalog.meta.verifiedKit === fingerprintOf(recipient)) return []
  return [
    {
      severity: 'warning',
      subject: 'Recovery kit',
      sentence: 'It was not saved yet, so backups are not encrypted.',
      actions: [{ kind: 'save-key' }],
    },
  ]
}

function capital(sentence: string): string {
  return sentence.charAt(0).toUpperCase() + sentence.slice(1)
}
