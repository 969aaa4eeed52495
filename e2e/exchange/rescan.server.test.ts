import { createHash } from 'node:crypto'
import { copyFileSync, cpSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import Database from 'better-sqlite3'
import { beforeAll, describe, expect, it } from 'vitest'
import { appVersion } from '../../main/app/version.ts'
import type { BackupDetail, RescanResult } from '../../preload/contract/index.ts'
import { Sandbox, useSandbox } from '../system/harness.ts'
import { addSqlite, artifactOf, ask, backUp, filesBelow, listed } from './commands.ts'

/** A number between 0 and 1, the same ones each time: a failure can be looked at again. */
function randomNumbers(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}

describe('a destination that outlives the catalog', () => {
  const sandbox = useSandbox()
  const made: BackupDetail[] = []

  beforeAll(async () => {
    const box = sandbox()
    const database = new Database(box.path('small.sqlite'))
    database.exec(`CREATE TABLE t (id INTEGER PRIMARY KEY, name TEXT); INSERT INTO t VALUES (1, 'one'), (2, NULL)`)
    database.close()
    await addSqlite(box, 'small', 'small.sqlite')
    made.push(await backUp(box, 'small'), await backUp(box, 'small', '--no-encrypt'))
    cpSync(box.path('disk'), box.path('disk as it was'), { recursive: true })
  })

  /** A home that knows nothing, with the destination registered. */
  async function newHome(name: string): Promise<Sandbox> {
    const box = new Sandbox(sandbox().path(name))
    mkdirSync(box.folder)
    copyFileSync(sandbox().path('vault-passphrase'), box.path('vault-passphrase'))
    await box.data(['destination', 'add', '--name', 'disk', '--type', 'local', '--path', sandbox().path('disk')])
    return box
  }

  async function rescan(box: Sandbox): Promise<RescanResult> {
    return await box.data<RescanResult>(['destination', 'rescan', 'disk'])
  }

  /** Paths and digests of everything at the destination. */
  function content(): readonly string[] {
    const disk = sandbox().path('disk')
    return filesBelow(disk).map((path) => {
      const digest = createHash('sha256')
        .update(readFileSync(`${disk}/${path}`))
        .digest('hex')
      return `${digest} ${path}`
    })
  }

  function reset(): void {
    const box = sandbox()
    rmSync(box.path('disk'), { recursive: true })
    cpSync(box.path('disk as it was'), box.path('disk'), { recursive: true })
  }

  it('a new home finds every backup again, and a second look adds nothing', async () => {
    const box = await newHome('second')
    const before = content()
    expect(await rescan(box)).toEqual({ found: 2, added: 2, orphans: [] })
    const found = await listed(box)
    expect(found.map(({ id }) => id).toSorted()).toEqual(made.map(({ id }) => id).toSorted())
    expect(found.map(({ origin, state }) => [origin, state])).toEqual([
      ['unknown', 'complete'],
      ['unknown', 'complete'],
    ])
    expect(found.filter(({ encrypted, needsKey }) => encrypted === (needsKey !== null))).toHaveLength(2)
    expect(await rescan(box)).toEqual({ found: 2, added: 0, orphans: [] })
    expect(content()).toEqual(before)

    const kit = ['--kit', sandbox().path('kit'), '--passphrase-file', sandbox().path('kit-passphrase')]
    await box.data(['key', 'import', ...kit])
    const known = await listed(box)
    expect(known.map(({ origin, needsKey }) => [origin, needsKey])).toEqual([
      ['adopted', null],
      ['adopted', null],
    ])
  })

  it('names what has no partner, and leaves it where it is', async () => {
    const box = await newHome('third')
    const [first, second] = made.map(artifactOf)
    if (first === undefined || second === undefined) throw new Error('two backups were made')
    rmSync(`${first}.manifest.json`)
    rmSync(second)
    writeFileSync(`${dirname(first)}/notes.txt`, 'not a backup')
    const before = content()
    const { found, added, orphans } = await rescan(box)
    expect({ found, added }).toEqual({ found: 1, added: 0 })
    const why = new Map(orphans.map(({ location, why }) => [location, why]))
    expect([...why.keys()].toSorted()).toEqual(
      [`${dirname(first)}/notes.txt`, first, `${second}.manifest.json`].toSorted(),
    )
    expect(why.get(first)).toBe('no manifest beside it')
    expect(why.get(`${second}.manifest.json`)).toMatch(/presence/)
    expect(await listed(box)).toEqual([])
    expect(content()).toEqual(before)
    reset()
  })

  it('gives a reason for each of 40 damaged manifests and takes none of them in', async () => {
    const box = await newHome('fourth')
    const [, open] = made.map(artifactOf)
    if (open === undefined) throw new Error('two backups were made')
    const folder = `${sandbox().path('disk')}/damaged`
    mkdirSync(folder)
    const genuine = readFileSync(`${open}.manifest.json`)
    const damaged = mutations(genuine)
    expect(damaged.size).toBeGreaterThanOrEqual(40)
    for (const [name, bytes] of damaged) {
      // Each with the artifact that the manifest describes, so that only the manifest can be the reason.
      const place = `${folder}/${name}`
      mkdirSync(place)
      copyFileSync(open, `${place}/${open.split('/').at(-1) ?? ''}`)
      writeFileSync(`${place}/${open.split('/').at(-1) ?? ''}.manifest.json`, bytes)
    }
    const before = content()
    const { found, added, orphans } = await rescan(box)
    expect({ found, added }).toEqual({ found: 2 + damaged.size, added: 2 })
    const reasons = new Map(orphans.map(({ location, why }) => [location.split('/').at(-2), why]))
    expect(new Set(reasons.keys())).toEqual(new Set(damaged.keys()))
    for (const why of reasons.values()) expect(why).toMatch(/^(This|The) .*\.$/)
    expect(reasons.get('newer version')).toBe(
      `The manifest has format 2; this version reads formats up to 1. Use Holdfast ${appVersion} or later.`,
    )
    expect(reasons.get('another size')).toBe('The manifest was changed after it was signed.')
    expect(content()).toEqual(before)
    expect(await listed(box)).toHaveLength(2)
    reset()
  })

  it('two artifacts that changed places are found out', async () => {
    const box = await newHome('fifth')
    const [first, second] = made.map(artifactOf)
    if (first === undefined || second === undefined) throw new Error('two backups were made')
    renameSync(first, `${first}.moved`)
    renameSync(second, first)
    renameSync(`${first}.moved`, second)
    const { added, orphans } = await rescan(box)
    expect(added).toBe(0)
    expect(orphans.map(({ location }) => location).toSorted()).toEqual(
      [`${first}.manifest.json`, `${second}.manifest.json`].toSorted(),
    )
    for (const { why } of orphans) expect(why).toMatch(/^(size|checksum): /)
    const answer = await ask(box, ['backups', 'list'])
    expect(answer.document.data).toEqual([])
    reset()
  })
})

/** Manifests none of which is one any more, by what was done to them. */
function mutations(genuine: Buffer): ReadonlyMap<string, Buffer> {
  const random = randomNumbers(20_260_101)
  const found = new Map<string, Buffer>()
  for (let round = 0; round < 20; round += 1) {
    const bytes = Buffer.from(genuine)
    const at = Math.floor(random() * (bytes.length - 3))
    // White space between the fields is the one place where a flip is no change.
    const offset = bytes.findIndex((byte, index) => index >= at && byte > 0x20)
    bytes[offset] = (bytes[offset] ?? 0) ^ (1 << Math.floor(random() * 7))
    found.set(`flip ${offset} ${round}`, bytes)
  }
  for (const part of [0, 0.01, 0.3, 0.7, 0.99]) {
    found.set(`cut ${part}`, genuine.subarray(0, Math.floor(genuine.length * part)))
  }
  const document = JSON.parse(genuine.toString('utf8')) as Record<string, unknown>
  const changes: Readonly<Record<string, Record<string, unknown>>> = {
    'newer version': { version: 2 },
    'no version': { version: null },
    'text version': { version: '1' },
    'another kind': { holdfast: 'something-else' },
    'another size': { artifactBytes: 1 },
    'negative size': { artifactBytes: -1 },
    'huge size': { artifactBytes: 1e300 },
    'text size': { plaintextBytes: 'many' },
    'no database': { database: null },
    'list of databases': { database: ['a'] },
    'path out': { artifact: '../../../../etc/passwd' },
    'unknown engine': { engine: 'oracle' },
    'no signature': { signature: undefined },
    'text signature': { signature: 'trust me' },
    'empty signature': { signature: { algorithm: 'Ed25519', publicKey: '', value: '' } },
    'no contents': { contents: null },
    'list of contents': { contents: [] },
    'unpaired surrogate': { description: '\ud800' },
  }
  for (const [name, change] of Object.entries(changes)) {
    found.set(name, Buffer.from(JSON.stringify({ ...document, ...change })))
  }
  found.set('not an object', Buffer.from('[]'))
  found.set('deep', Buffer.from(`${'['.repeat(200_000)}`))
  found.set('deep object', Buffer.from(`${'{"a":'.repeat(50_000)}1${'}'.repeat(50_000)}`))
  found.set('binary', Buffer.from([0xff, 0xfe, 0x00, 0x80]))
  return found
}
