import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { writeFakeTool } from '../tools/testing/fake-tool.ts'
import { WindowApplication } from './testing/window-application.ts'

let line: WindowApplication
beforeAll(async () => {
  line = await WindowApplication.open({ kind: 'cli' })
})
afterAll(() => line.close())

describe('the folders of the vendors’ programs', () => {
  it('are searched for until they are set; then nothing else is looked at, also after a restart', async () => {
    expect(await line.call('tools.list', {})).toMatchObject({ from: 'search', folders: [], saved: [] })
    const folder = join(line.folder, 'programs')
    mkdirSync(folder)
    await writeFakeTool(folder, 'pg_dump', { version: 'pg_dump (PostgreSQL) 16.3\n' })
    await writeFakeTool(folder, 'psql', { version: '' })

    const report = await line.call('tools.setFolders', { folders: [folder] })
    expect(report).toMatchObject({ from: 'settings', folders: [folder], saved: [folder] })
    expect(report.tools.map(({ name, found, rejected }) => [name, found[0]?.version, rejected[0]?.why])).toEqual([
      ['pg_dump', '16.3', undefined],
      ['pg_restore', undefined, undefined],
      ['psql', undefined, 'It does not say which version it is.'],
    ])
    const again = await WindowApplication.open({ kind: 'cli', beside: line })
    expect(await again.call('tools.list', {})).toEqual(report)
    await again.close({ keepFolder: true })

    expect(await line.call('tools.setFolders', { folders: [] })).toMatchObject({ from: 'search', saved: [] })
    const [entry] = await line.call('audit.list', { limit: 1 })
    expect(entry).toMatchObject({ action: 'tools.folders' })
  })

  it('must be folders', async () => {
    expect(await line.refusal('tools.setFolders', { folders: [join(line.folder, 'missing')] })).toBe('USAGE')
    expect(await line.call('tools.list', {})).toMatchObject({ from: 'search' })
  })

  it('are not set from a browser, picked or not', async () => {
    const browser = await WindowApplication.open()
    const { picked } = await browser.call('paths.proposed', {})
    expect(await browser.refusal('tools.setFolders', { folders: [{ picked }] })).toBe('USAGE')
    expect(await browser.refusal('tools.setFolders', { folders: ['/tmp'] })).toBe('USAGE')
    await browser.close()
  })
})

describe('diagnostics', () => {
  it('tell versions, states and codes, and nothing that belongs to the person', async () => {
    const secrets = { path: join(line.userHome, 'Kundendatenbank.db'), folder: join(line.folder, 'Tresor') }
    writeFileSync(secrets.path, 'no database')
    mkdirSync(secrets.folder)
    const none = { from: 'none' } as const
    const { id } = await line.call('connections.add', {
      name: 'Kundschaft',
      engine: 'sqlite',
      profile: { path: secrets.path },
      environment: 'production',
      secret: none,
    })
    const settings = { path: secrets.folder }
    await line.call('destinations.add', { name: 'Tresorraum', type: 'local', settings, secret: none })
    await line.call('connections.add', {
      name: 'Kundschaft am Netz',
      engine: 'postgresql',
      profile: { host: 'db.kunde.example', port: 5432, user: 'kundin', database: 'kunden', tls: 'prefer' },
      environment: 'production',
      secret: none,
    })
    const { jobId } = await line.call('backups.start', { connection: id })
    expect((await line.call('jobs.wait', { jobId })).status.state).toBe('failed')

    const { file } = await line.call('app.diagnostics', { directory: line.folder })
    const text = readFileSync(file, 'utf8')
    expect(statSync(file).mode & 0o777).toBe(0o600)
    for (const word of ['Kund', 'kund', 'Tresor', line.userHome]) expect(text).not.toContain(word)
    const report = JSON.parse(text) as {
      readonly catalog: unknown
      readonly jobs: readonly unknown[]
      readonly doctor: readonly { readonly name: string; readonly outcome: string }[]
    }
    expect(report.catalog).toMatchObject({
      connections: { 'sqlite, production': 1, 'postgresql, production': 1 },
      destinations: { local: 1 },
    })
    expect(report.jobs).toEqual([expect.objectContaining({ kind: 'backup', state: 'failed', error: 'FORMAT_INVALID' })])
    expect(report.doctor).toContainEqual({ name: 'destination', outcome: 'passed' })
    expect(report.doctor).toContainEqual({ name: 'connection', outcome: 'passed' })
  })

  it('leave nothing where they can not be written', async () => {
    expect(await line.refusal('app.diagnostics', { directory: join(line.folder, 'missing') })).toBe('USAGE')
    expect(readdirSync(line.folder)).not.toContain('missing')
  })
})
