import { z } from 'zod'
import { RestoreId, toAppError } from '../../preload/contract/index.ts'
import type { Leftover } from '../catalog/catalog.ts'
import { openConnection, type OpenConnection, type Workbench } from '../workbench/workbench.ts'
import type { Applied, Run } from './apply-modes.ts'
import type { Settled } from './recover.ts'

const RolesNote = z.object({ restoreId: RestoreId, runId: z.string() })

/**
 * Makes and changes the roles of the plan, then restores. Noted before: where the restore doesn't come to stand, the roles that it made
 * go again, unless something uses them; what was changed of others stays.
 */
export async function withRoles(run: Run, restore: () => Promise<Applied>): Promise<Applied> {
  const { bench, plan, id, open, on, phases, context } = run
  const planned = (plan.roles ?? []).filter(
    ({ kind, action }) => kind === 'role' && (action === 'create' || action === 'alter'),
  )
  const { roles } = on.engine
  const facts = open.contents?.facts
  if (planned.length === 0 || roles === undefined || plan.roleChoice === undefined || facts === undefined)
    return restore()
  const request = { ...plan.roleChoice, planned, runId: context.jobId, installation: bench.installation }
  const note = bench.catalog.leftovers.add({
    jobId: context.jobId,
    kind: 'roles',
    connectionId: on.row.id,
    destinationId: null,
    data: RolesNote.parse({ restoreId: id, runId: context.jobId }),
  })
  let isApplied = false
  try {
    await phases.run('roles', () => roles.apply(on.access, request, facts, context))
    bench.audit.write({
      action: 'restore.roles',
      subject: plan.backup,
      outcome: 'done',
      detail: { restore: id, connection: on.row.name, roles: planned.map(({ name, action }) => `${action} ${name}`) },
    })
    const applied = await restore()
    ;({ isApplied } = applied)
    return applied
  } finally {
    const isStanding = isApplied || bench.catalog.restores.get(id).state === 'applied'
    // Which of the two databases has the name, recovery finds out first.
    if (!bench.catalog.leftovers.hasSwapOf(id)) await settleNow(run, note, isStanding)
  }
}

async function settleNow({ bench, on, context }: Run, note: string, keep: boolean): Promise<void> {
  try {
    const settled = await settleOn(bench, on, context.jobId, keep)
    if (settled.isPending) return
    if (settled.dropped.length > 0)
      context.log('info', `Roles that were made for it are gone again: ${settled.dropped.join(', ')}.`)
    bench.catalog.leftovers.remove(note)
  } catch (error) {
    context.log(
      'error',
      `Roles that were made could not be settled: ${toAppError(error).message} The next start tries again.`,
    )
  }
}

function settleOn(bench: Workbench, on: OpenConnection, runId: string, keep: boolean) {
  const none = { dropped: [], kept: [], isPending: false }
  return on.engine.roles?.settle(on.access, { installation: bench.installation, runId, keep }) ?? Promise.resolve(none)
}

/** Roles that dead jobs made: kept where their restore stands, otherwise dropped unless something uses them. After the databases. */
export async function recoverRoles(bench: Workbench, leftovers: readonly Leftover[]): Promise<readonly Settled[]> {
  const settled: Settled[] = []
  for (const leftover of leftovers.filter(({ kind }) => kind === 'roles')) {
    try {
      const line = await recoverOne(bench, leftover)
      if (line !== null) settled.push({ line, isDone: true })
    } catch (error) {
      const line = `Roles that job ${leftover.jobId} made could not be settled yet: ${toAppError(error).message}`
      settled.push({ line, isDone: false })
    }
  }
  return settled
}

async function recoverOne(bench: Workbench, leftover: Leftover): Promise<string | null> {
  const note = RolesNote.parse(leftover.data)
  const row = leftover.connectionId === null ? null : bench.catalog.connections.find(leftover.connectionId)
  if (row === null) {
    bench.catalog.leftovers.remove(leftover.id)
    return null
  }
  if (bench.catalog.leftovers.hasSwapOf(note.restoreId)) return null
  const state = bench.catalog.restores.find(note.restoreId)?.state
  const keep = state === 'applied' || state === 'undone' || state === 'finished'
  const { dropped, kept, isPending } = await settleOn(bench, openConnection(bench, row), note.runId, keep)
  if (isPending) return null
  bench.catalog.leftovers.remove(leftover.id)
  if (dropped.length === 0) return null
  const left = kept.length === 0 ? '' : ` Something uses ${kept.join(', ')}: kept.`
  return `Dropped the roles ${dropped.join(', ')} on ${row.name}, made by the restore ${note.restoreId} that was interrupted.${left}`
}
