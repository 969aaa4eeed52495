import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { BackupDetail, ImportResult, type MethodInput } from '../../preload/contract/index.ts'
import { systemActor } from '../audit/audit.ts'
import { appLogPath } from '../jobs/app-log.ts'
import { WindowApplication } from './testing/window-application.ts'

let app: WindowApplication
let nas: string
beforeAll(async () => {
  app = await WindowApplication.open({ kind: 'cli' })
  nas = join(app.folder, 'nas')
  mkdirSync(nas)
  const path = join(app.folder, 'shop.db')
  new Database(path).exec('CREATE TABLE orders (id INTEGER PRIMARY KEY); INSERT INTO orders VALUES (1), (2)').close()
  await app.call('destinations.add', { name: 'nas', type: 'local', settings: { path: nas }, secret: { from: 'none' } })
  await app.call('connections.add', { name: 'shop', engine: 'sqlite', profile: { path }, secret: { from: 'none' } })
}, 60_000)
afterAll(() => app.close())

// Every job is a process of its own: the tests share the backups, each as the one before left them.
const backUp = async (more: Partial<MethodInput<'backups.start'>> = {}) =>
  BackupDetail.parse(await app.result(app.call('backups.start', { connection: 'shop', ...more })))
const found = async (name: string) => {
  const all = await app.call('backups.list', {})
  return BackupDetail.parse(await app.call('backups.get', { backup: all.find((each) => each.name === name)?.id ?? '' }))
}
const listed = async () => (await app.call('backups.list', {})).map(({ id }) => id as string)
const artifactOf = ({ copies }: BackupDetail) => copies[0]?.location ?? ''

it('writes one more copy by the rule of complete, and nothing over what is there', async () => {
  const output = join(app.folder, 'before-update.bak')
  const made = await backUp({ output, name: 'v2', description: 'Before an update' })
  expect(made).toMatchObject({ warnings: [], createdBy: systemActor(), name: 'v2', copies: [{ state: 'stored' }] })
  for (const ending of ['', '.manifest.json']) {
    expect(readFileSync(output + ending)).toEqual(readFileSync(artifactOf(made) + ending))
  }
  expect(await app.refusal('backups.start', { connection: 'shop', output })).toBe('ALREADY_EXISTS')
  renameSync(output, join(app.folder, 'aside.bak'))
  // Its manifest alone is in the way, too.
  expect(await app.refusal('backups.start', { connection: 'shop', output })).toBe('ALREADY_EXISTS')
  renameSync(join(app.folder, 'aside.bak'), output)
  const nowhere = join(app.folder, 'no-such-folder', 'x')
  expect(await app.refusal('backups.start', { connection: 'shop', output: nowhere })).toBe('DESTINATION_UNAVAILABLE')
  expect(readdirSync(app.folder).filter((name) => name.includes('.partial'))).toEqual([])
}, 60_000)

it('takes an output copy in again, under whatever name, and no other file with its manifest', async () => {
  const output = join(app.folder, 'mine.bak')
  for (const ending of ['', '.manifest.json'])
    renameSync(join(app.folder, `before-update.bak${ending}`), output + ending)
  const made = await found('v2')
  await app.call('backups.delete', { backup: made.id, confirm: made.id })
  const taken = ImportResult.parse(await app.result(app.call('backups.import', { path: output })))
  expect(taken).toEqual({ id: made.id, origin: 'own' })
  writeFileSync(output, 'something else')
  await expect(app.result(app.call('backups.import', { path: output }))).rejects.toThrow('MANIFEST_INVALID')
}, 60_000)

it('a backup whose output fails later is complete, with a warning', async () => {
  // Its file is made by somebody else while the backup runs: the hook before it does so.
  const output = join(app.folder, 'raced.bak')
  const argv = [process.execPath, '-e', `require('fs').writeFileSync(${JSON.stringify(output)}, 'theirs')`]
  const hook = { name: 'race', phase: 'before', on: 'backup', action: { kind: 'command', argv } } as const
  await app.call('connections.edit', { connection: 'shop', hooks: [hook as never] })
  try {
    const made = await backUp({ output, name: 'named', trigger: 'schedule' })
    expect(made).toMatchObject({ state: 'complete', createdBy: null, warnings: [{ code: 'OUTPUT_FAILED' }] })
    expect(readFileSync(output, 'utf8')).toBe('theirs')
    expect(existsSync(`${output}.manifest.json`)).toBe(false)
  } finally {
    await app.call('connections.edit', { connection: 'shop', hooks: [] })
  }
}, 60_000)

it('jobs say what they work on, and stand in the log with their ids', async () => {
  const made = await found('named')
  const { jobId } = await app.call('backups.validate', { backup: made.id, level: 'presence' })
  const job = await app.call('jobs.wait', { jobId })
  expect(job).toMatchObject({
    title: 'validation of the backup "named"',
    subject: { kind: 'backup', id: made.id, name: 'named' },
  })
  const tail = await app.call('jobs.tail', { job: jobId })
  expect(tail.job.status.state).toBe('succeeded')
  const lines = readFileSync(appLogPath(app.home), 'utf8').trimEnd().split('\n')
  const ofJob = lines.map((line) => JSON.parse(line) as Record<string, unknown>).filter((line) => line['job'] === jobId)
  expect(ofJob.at(-1)).toMatchObject({ level: 'info', component: 'jobs', backup: made.id })
  expect(ofJob.at(-1)?.['message']).toMatch(/: succeeded$/)
}, 60_000)

it('forgets what is gone, not what is there, and what cannot be seen only when told to', async () => {
  const [gone, there] = [await found('v2'), await found('named')]
  renameSync(artifactOf(gone), join(app.folder, 'gone'))
  expect(await app.refusal('backups.forgetMany', { backups: [gone.id, there.id] })).toBe('USAGE')
  expect(await listed()).toHaveLength(2)
  expect(await app.call('backups.forget', { backup: gone.id })).toEqual({ forgotten: gone.id })
  renameSync(nas, join(app.folder, 'unplugged'))
  expect(await app.refusal('backups.forget', { backup: there.id })).toBe('DESTINATION_UNAVAILABLE')
  await app.call('backups.forget', { backup: there.id, assumeGone: true })
  expect(await listed()).toEqual([])
  renameSync(join(app.folder, 'unplugged'), nas)
  renameSync(join(app.folder, 'gone'), artifactOf(gone))
}, 60_000)

it('a log folder that cannot be written fails nothing, and a rescan finds what was forgotten', async () => {
  rmSync(join(app.home, 'logs'), { recursive: true })
  writeFileSync(join(app.home, 'logs'), 'in the way')
  const beside = await WindowApplication.open({ kind: 'cli', beside: app })
  try {
    await beside.result(beside.call('destinations.rescan', { destination: 'nas' }))
    expect(await listed()).toHaveLength(2)
  } finally {
    await beside.close({ keepFolder: true })
  }
}, 60_000)

it('deletes several at once; what must be typed looks at all of them together', async () => {
  const [first, second] = [await found('v2'), await found('named')]
  const backups = [first.id, second.id, first.id]
  expect(await app.call('backups.deletion', { backups: [first.id] })).toMatchObject({ lasts: [], confirm: null })
  const plan = await app.call('backups.deletion', { backups })
  expect(plan).toMatchObject({ lasts: [{ backup: second.id, why: 'good' }], confirm: 'delete 2 backups' })
  expect(plan.backups.map(({ id }) => id)).toEqual([first.id, second.id])
  expect(await app.refusal('backups.deleteMany', { backups })).toBe('CONFIRMATION_MISSING')
  expect(await app.refusal('backups.deleteMany', { backups, confirm: second.id })).toBe('CONFIRMATION_WRONG')
  await app.call('backups.pin', { backup: first.id, pinned: true })
  expect(await app.refusal('backups.deleteMany', { backups, confirm: 'delete 2 backups' })).toBe('USAGE')
  await app.call('backups.pin', { backup: first.id, pinned: false })
  expect(existsSync(artifactOf(first))).toBe(true)
  const done = await app.call('backups.deleteMany', { backups, confirm: 'delete 2 backups' })
  expect(done).toMatchObject({ deleted: [{ id: first.id }, { id: second.id }], failed: [] })
  expect([await listed(), existsSync(artifactOf(first)), existsSync(artifactOf(second))]).toEqual([[], false, false])
}, 60_000)
