import { statfs } from 'node:fs/promises'
import { AppError, toAppError, type DoctorReport, type Handlers } from '../../../preload/contract/index.ts'
import { selfTestCodecs } from '../../artifact/self-test.ts'
import { Secret } from '../../secrets/secret.ts'
import { findTools } from '../../tools/find-tools.ts'
import { protectionWarnings } from '../../workbench/protection.ts'
import type { Core } from '../core.ts'
import { registries } from '../registries.ts'
import { cleanUp } from '../start-job.ts'
import { vendorTools } from './tools.ts'

type DoctorCheck = DoctorReport['checks'][number]

const lowSpaceBytes = 1024 ** 3

/** Looks at everything that Holdfast stands on. Nothing is changed but what dead jobs left behind. */
export function doctorHandlers(core: Core): Pick<Handlers, 'doctor.run'> {
  return {
    'doctor.run': async () => {
      const checks: DoctorCheck[] = []
      for (const name of vendorTools) checks.push(await checkTool(name))
      checks.push(
        await checkThat(
          'codecs',
          async () => (await selfTestCodecs(), 'compression and encryption give back what they got'),
        ),
      )
      checks.push(
        await checkThat('secret store', async () => `${(await core.secrets.keyContext.secrets.chosen()).kind}`),
      )
      checks.push(await checkThat('encryption key', () => keyState(core)))
      checks.push(await checkThat('catalog', () => Promise.resolve(catalogState(core))))
      checks.push(await checkThat('audit log', () => Promise.resolve(auditState(core))))
      checks.push(await checkThat('space', () => spaceState(core.home)))
      for (const row of core.catalog.destinations.list()) {
        checks.push(
          await checkThat(`destination ${row.name}`, async () => {
            const warnings = await registries
              .destination(row.type)
              .open(row.settings, Secret.none())
              .test(AbortSignal.timeout(30_000))
            return warnings.length === 0
              ? 'written, read back and removed'
              : `warning: ${warnings.map((warning) => warning.message).join(' ')}`
          }),
        )
      }
      checks.push(...unprotectedConnections(core))
      const isClean = await cleanUp(core)
      const kept = keptDatabases(core)
      if (kept !== null) checks.push(kept)
      checks.push({
        name: 'leftovers',
        outcome: isClean ? 'passed' : 'failed',
        detail: isClean
          ? 'nothing of an interrupted job is left'
          : 'something of an interrupted job could not be removed yet',
        remedy: isClean ? null : 'Make its server or destination reachable, then run doctor again.',
      })
      return { checks }
    },
  }
}

/** Connections whose way nobody protects: a standing warning, and no failure. */
function unprotectedConnections({ catalog }: Core): DoctorCheck[] {
  return catalog.connections.list().flatMap((row) =>
    protectionWarnings(registries.engine(row.engine), row).map(({ message }) => ({
      name: `connection ${row.name}`,
      outcome: 'passed' as const,
      detail: `warning: ${message}`,
      remedy: 'Use the TLS mode verify-full, or an SSH tunnel.',
    })),
  )
}

/** Databases that restores swapped away. They take space until somebody drops them: nothing does that by itself. */
function keptDatabases({ catalog }: Core): DoctorCheck | null {
  const kept = catalog.restores.list(1_000).filter(({ swap }) => swap !== null && swap.retired !== null)
  if (kept.length === 0) return null
  const now = new Date().toISOString()
  const overdue = kept.filter(({ undoUntil }) => undoUntil === null || undoUntil < now)
  const name = (restore: (typeof kept)[number]) => `${restore.swap?.retired?.database ?? ''} (${restore.database})`
  const [first] = overdue
  return {
    name: 'kept databases',
    outcome: 'passed',
    detail: kept.map(name).join(', '),
    remedy:
      first === undefined
        ? null
        : `Past its date: ${overdue.map(name).join(', ')}. Drop it with \`holdfast restore finish ${first.id}\`.`,
  }
}

async function checkTool(name: string): Promise<DoctorCheck> {
  const { found, rejected } = await findTools(name)
  if (found.length > 0) {
    return {
      name,
      outcome: 'passed',
      detail: found.map((tool) => `${tool.version} (${tool.path})`).join(', '),
      remedy: null,
    }
  }
  return {
    name,
    outcome: 'could-not-run',
    detail: rejected.length === 0 ? 'not found' : rejected.map(({ path, why }) => `${path}: ${why}`).join(', '),
    remedy:
      'Needed for PostgreSQL only: install the PostgreSQL client programs, or name their folder with `holdfast tools use <folder>`.',
  }
}

async function checkThat(name: string, look: () => Promise<string>): Promise<DoctorCheck> {
  try {
    return { name, outcome: 'passed', detail: await look(), remedy: null }
  } catch (error) {
    const failure = toAppError(error)
    return {
      name,
      outcome: 'failed',
      detail: [failure.message, failure.detail].filter((part) => part !== null).join(' '),
      remedy: failure.remedy,
    }
  }
}

async function keyState(core: Core): Promise<string> {
  return (await core.secrets.recipients()).length > 0
    ? 'a key with a verified recovery kit: new backups are encrypted'
    : 'no key with a verified recovery kit: new backups are not encrypted'
}

function catalogState({ catalog }: Core): string {
  if (catalog.backupProblem !== null) throw catalog.backupProblem
  return (
    catalog.rebuildReason ??
    `${String(catalog.backups.totals().backups)} good backups, ${String(catalog.connections.list().length)} connections`
  )
}

function auditState({ audit }: Core): string {
  const result = audit.verify()
  if (result.valid) return `${String(result.entries)} entries, the chain holds`
  throw new AppError('AUDIT_BROKEN', `The chain is broken at entry ${String(result.brokenAt)}.`, {
    remedy:
      'Entries were changed or removed outside of Holdfast, or the catalog was damaged and an older copy took its place.',
  })
}

async function spaceState(home: string): Promise<string> {
  const { bavail, bsize } = await statfs(home)
  const freeBytes = bavail * bsize
  if (freeBytes < lowSpaceBytes) {
    throw new AppError('NO_SPACE', `Only ${String(Math.round(freeBytes / 1024 ** 2))} MiB are free for ${home}.`, {
      remedy: 'Free space there.',
    })
  }
  return `${String(Math.round(freeBytes / 1024 ** 3))} GiB free`
}
