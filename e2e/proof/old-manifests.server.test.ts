import { cpSync, globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { BackupDetail, RescanResult, RowsResult } from '../../preload/contract/index.ts'
import { parseManifest } from '../../main/artifact/manifest-file.ts'
import { WindowApplication } from '../../main/app/testing/window-application.ts'

const fixtures = fileURLToPath(new URL('../fixtures/manifest-1', import.meta.url))
const manifestsBelow = (folder: string) => globSync('**/*.manifest.json', { cwd: folder }).toSorted()

let app: WindowApplication
let folder: string
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'hf-old-manifests-'))
  cpSync(join(fixtures, 'destination'), folder, { recursive: true })
  app = await WindowApplication.open({ kind: 'cli' })
}, 60_000)
afterAll(async () => {
  await app.close()
  rmSync(folder, { recursive: true, force: true })
})

const rescan = async () => RescanResult.parse(await app.result(app.call('destinations.rescan', { destination: 'old' })))

it('are read with their signatures; one changed letter is seen', () => {
  const names = manifestsBelow(folder)
  expect(names).toHaveLength(4)
  for (const name of names) {
    const text = readFileSync(join(folder, name), 'utf8')
    expect(parseManifest(Buffer.from(text))).toMatchObject({ version: 1, description: 'Before an update' })
    const changed = text.replace('Before an update', 'Before an Update')
    expect(() => parseManifest(Buffer.from(changed))).toThrow(expect.objectContaining({ code: 'SIGNATURE_INVALID' }))
  }
})

it('are found by a rescan, with the kit also what is sealed, and their rows are read', async () => {
  const passphrase = 'fixture passphrase'
  await app.call('keys.import', { kit: join(fixtures, 'kit', 'holdfast-kit.age'), passphrase })
  await app.call('destinations.add', {
    name: 'old',
    type: 'local',
    settings: { path: folder },
    secret: { from: 'none' },
  })
  expect(await rescan()).toEqual({ found: 4, added: 4, orphans: [] })
  const listed = await app.call('backups.list', { filter: { createdBy: 'fixture' } })
  expect(listed.map(({ engine, encrypted }) => `${engine} ${String(encrypted)}`).toSorted()).toEqual([
    'postgresql false',
    'postgresql true',
    'sqlite false',
    'sqlite true',
  ])
  for (const { id, engine, encrypted } of listed) {
    const shown = BackupDetail.parse(await app.call('backups.get', { backup: id }))
    expect(shown).toMatchObject({ state: 'complete', origin: 'adopted', needsKey: null })
    const rows = Object.fromEntries(
      shown.objects.filter(({ kind }) => kind === 'table').map((each) => [each.name, each.rows]),
    )
    expect(rows).toEqual(engine === 'sqlite' ? { orders: 3 } : { 'public.customers': 2, 'public.orders': 20 })
    if (!encrypted) continue
    const table = engine === 'sqlite' ? 'orders' : 'public.customers'
    const read = RowsResult.parse(await app.result(app.call('backups.rows', { backup: id, table })))
    expect(read.rows[1]?.[1]).toBe(engine === 'sqlite' ? 'Grüße' : 'Müller')
  }
}, 120_000)

it('one of a newer format is left alone, and the version that reads it is named', async () => {
  const [name = ''] = manifestsBelow(folder)
  const newer = { ...(JSON.parse(readFileSync(join(folder, name), 'utf8')) as object), version: 2, appVersion: '9.1.0' }
  writeFileSync(join(folder, name), JSON.stringify(newer))
  const { orphans } = await rescan()
  expect(orphans).toHaveLength(1)
  expect(orphans[0]?.why).toContain('Holdfast 9.1.0')
}, 60_000)
