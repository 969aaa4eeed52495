import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ulid } from 'ulid'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { BackupId, JobId, type Job } from '../../preload/contract/index.ts'
import { Catalog } from '../catalog/catalog.ts'
import { backupRecord } from '../catalog/testing/records.ts'
import { logPathOf } from './log.ts'
import { pruneJobs } from './prune.ts'

let home: string
let catalog: Catalog
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'holdfast-test-prune-'))
  mkdirSync(join(home, 'logs'))
  catalog = Catalog.open({ home, appVersion: 'test' })
})
afterEach(() => {
  catalog.close()
  rmSync(home, { recursive: true, force: true })
})

const now = new Date('2026-06-01T00:00:00.000Z')
const daysAgo = (days: number) => new Date(now.getTime() - days * 86_400_000).toISOString()

function add(days: number, input: unknown = null, isEnded = true, kind: Job['kind'] = 'backup'): string {
  const id = JobId.parse(ulid())
  const at = daysAgo(days)
  const job: Job = { id, kind, title: 't', subject: null, createdAt: at, revision: 0, status: { state: 'queued' } }
  const owner = { pid: 1, startedAt: 's', host: 'h', bootId: 'b' }
  const rest = { process: null, heartbeatAtMs: 0, epoch: 1, lockKeys: [], isCancelRequested: false }
  catalog.jobs.add({ job, input, owner, ...rest })
  if (isEnded) {
    catalog.jobs.save({ ...job, status: { state: 'succeeded', startedAt: at, finishedAt: at, result: null } }, 1)
  }
  writeFileSync(logPathOf(home, id), '')
  return id
}

const left = () => catalog.jobs.list(100).map(({ id }) => id as string)

it('removes what is old, with its log, and nothing that is referred to', () => {
  const backup = backupRecord({ id: BackupId.parse(ulid()) })
  catalog.backups.insert(backup, [], null, null)
  const ofBackup = add(500, { backupId: backup.id })
  const ofCheck = add(500, { backupId: backup.id }, true, 'validate')
  const ofNoBackup = add(500, { backupId: ulid() })
  const withLeftover = add(500)
  catalog.leftovers.add({ jobId: withLeftover, kind: 'sessions', connectionId: null, destinationId: null, data: null })
  const young = add(399)
  expect(pruneJobs(catalog, home, now)).toBe(2)
  expect(new Set(left())).toEqual(new Set([ofBackup, withLeftover, young]))
  expect([ofCheck, ofNoBackup, young].map((id) => existsSync(logPathOf(home, id)))).toEqual([false, false, true])
})

it('keeps so many rows, the newest, and looks once a day', () => {
  const ids = [5, 4, 3, 2, 1].map((days) => add(days))
  expect(pruneJobs(catalog, home, now, { keepRows: 3 })).toBe(2)
  expect(left()).toEqual(ids.slice(2).toReversed())
  expect(pruneJobs(catalog, home, now, { keepRows: 1 })).toBe(0)
  expect(pruneJobs(catalog, home, new Date(now.getTime() + 86_400_000), { keepRows: 1 })).toBe(2)
})

it('waits while a job runs', () => {
  add(500)
  const running = add(0, null, false)
  expect(pruneJobs(catalog, home, now)).toBe(0)
  expect(left()).toContain(running)
})
