import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Attention } from '../../preload/contract/index.ts'
import { WindowApplication } from './testing/window-application.ts'

let window: WindowApplication
beforeAll(async () => {
  window = await WindowApplication.open()
})
afterAll(() => window.close())

const kinds = (attention: readonly Attention[]) =>
  attention.map(
    ({ severity, subject, actions }) => `${severity} ${subject}: ${actions.map(({ kind }) => kind).join(', ')}`,
  )
const attention = async () => kinds((await window.call('status.get', {})).attention)

describe('from an empty start to a proven backup', () => {
  it('begins with nothing', async () => {
    expect(await window.call('app.info', {})).toMatchObject({
      host: 'browser',
      home: window.home,
      hasNativeDialogs: false,
      platform: process.platform,
    })
    expect(await attention()).toEqual([])
    expect(await window.call('backups.page', {})).toEqual({ total: 0, rows: [] })
  })

  it('makes the sample database once, and never writes over a file', async () => {
    const path = join(window.userHome, 'Holdfast sample', 'shop.db')
    const [first, second] = await Promise.all([window.call('sample.create', {}), window.call('sample.create', {})])
    expect(second).toEqual(first)
    expect(first.name).toBe('sample')
    expect(readFileSync(path).subarray(0, 15).toString()).toBe('SQLite format 3')
    const bytes = readFileSync(path)
    await window.call('connections.remove', { connection: first.id })
    writeFileSync(path, 'mine')
    const again = await window.call('sample.create', {})
    expect(again.id).not.toBe(first.id)
    expect(readFileSync(path, 'utf8')).toBe('mine')
    writeFileSync(path, bytes)
    expect(await attention()).toEqual(['late sample: back-up', 'warning Recovery kit: save-key'])
    const { profile } = await window.call('connections.get', { connection: 'sample' })
    const info = await window.call('connections.probe', { connection: 'sample', engine: 'sqlite', profile })
    expect(info.databases[0]?.name).toBe(path)
    expect(await window.call('backups.estimate', { connection: 'sample' })).toEqual({
      plaintextBytes: null,
      artifactBytes: null,
      seconds: null,
    })
  })

  it('takes the proposed folder as a destination', async () => {
    const proposed = await window.call('paths.proposed', {})
    expect(existsSync(proposed.path)).toBe(false)
    const settings = { path: { picked: proposed.picked } }
    await window.call('destinations.add', { name: 'disk', type: 'local', settings, secret: { from: 'none' } })
    expect(existsSync(proposed.path)).toBe(true)
    expect(await window.call('destinations.usage', {})).toEqual([
      { destination: 'disk', copies: 0, storedBytes: 0, badCopies: 0, oldestAt: null, newestAt: null },
    ])
  })

  it('saves the key, backs up and proves', async () => {
    const home = await window.call('paths.browse', {})
    const kit = await window.call('paths.within', { folder: home.folder.picked, name: 'kit', makeFolder: true })
    await window.call('keys.create', { kitDirectory: { picked: kit.picked }, passphrase: 'long enough for this' })
    await window.result(window.call('backups.start', { connection: 'sample' }))
    expect(await attention()).toEqual(['warning sample: restore-test'])
    await window.result(window.call('backups.validate', { backup: 'latest', connection: 'sample', level: 'restore' }))
    const status = await window.call('status.get', {})
    expect(status.attention).toEqual([])
    const [database] = status.databases
    expect(database).toMatchObject({ state: 'protected', lastState: 'complete', environment: 'development' })
    expect(database?.lastProven).toBe(database?.lastGood)
    expect(database?.restoreSeconds?.low).toBeGreaterThanOrEqual(1)
    expect(database?.days).toHaveLength(30)
    expect(database?.days.at(-1)).toMatchObject({ state: 'ok', backups: 1 })
    expect(database?.days.slice(0, -1).every(({ state }) => state === 'none')).toBe(true)
    const estimate = await window.call('backups.estimate', { connection: 'sample' })
    expect(estimate.artifactBytes).toBe(database?.artifactBytes)
    expect(estimate.seconds?.low).toBeGreaterThanOrEqual(0)
  })

  it('lists it with what it holds, on the page and on the time line', async () => {
    const { total, rows } = await window.call('backups.page', { filter: { text: 'ORDER_ITEMS', badges: ['proven'] } })
    expect(total).toBe(1)
    expect(rows[0]).toMatchObject({ environment: 'development', connection: 'sample', holds: { more: 5 } })
    expect(rows[0]?.holds.first).toHaveLength(3)
    const now = Date.now()
    const range = { since: new Date(now - 3_600_000).toISOString(), until: new Date(now + 60_000).toISOString() }
    const { lanes } = await window.call('backups.timeline', range)
    expect(lanes).toHaveLength(1)
    expect(lanes[0]?.points).toMatchObject([{ id: rows[0]?.id, badge: 'proven', isGood: true, label: null }])
    const [usage] = await window.call('destinations.usage', {})
    expect(usage).toMatchObject({ copies: 1, badCopies: 0, storedBytes: rows[0]?.artifactBytes })
  })
})

describe('what goes wrong', () => {
  it('asks for attention: a failed backup, then a copy that is gone', async () => {
    const path = join(window.userHome, 'Holdfast sample', 'shop.db')
    renameSync(path, `${path}.away`)
    const { jobId } = await window.call('backups.start', { connection: 'sample' })
    await window.call('jobs.wait', { jobId })
    renameSync(`${path}.away`, path)
    const { attention: failed } = await window.call('status.get', {})
    expect(kinds(failed)).toEqual(['bad sample: show-job, back-up'])
    expect(failed[0]?.actions[0]).toEqual({ kind: 'show-job', job: jobId })
    expect((await window.call('status.get', {})).databases[0]?.days.at(-1)).toMatchObject({
      state: 'warning',
      backups: 2,
    })

    await window.result(window.call('backups.start', { connection: 'sample' }))
    const { rows } = await window.call('backups.page', { filter: { states: ['complete'] } })
    for (const { copies } of rows) for (const { location } of copies) rmSync(location)
    for (const { id } of rows) {
      const started = await window.call('backups.validate', { backup: id, level: 'presence' })
      await window.call('jobs.wait', { jobId: started.jobId })
    }
    const gone = await attention()
    expect(gone).toContain('bad disk: show-backup')
    expect(gone).toContain('late sample: back-up')
    expect((await window.call('destinations.usage', {}))[0]).toMatchObject({ copies: 0, badCopies: 2 })
  })
})
