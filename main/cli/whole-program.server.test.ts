import { spawn } from 'node:child_process'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createSample } from '../app/sample.ts'

/** The command line as a process of its own, over the real application, from its sources. */

const program = fileURLToPath(new URL('./main.ts', import.meta.url))
let folder: string

interface Ended {
  readonly exitCode: number | null
  readonly stdout: string
  readonly stderr: string
}

function holdfast(...argv: readonly string[]): Promise<Ended> {
  const env = {
    ...process.env,
    HOLDFAST_HOME: join(folder, 'home'),
    HOLDFAST_VAULT_PASSPHRASE_FILE: join(folder, 'vault-passphrase'),
  }
  const child = spawn(process.execPath, [program, ...argv], { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'] })
  const [stdout, stderr]: [Buffer[], Buffer[]] = [[], []]
  child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk))
  child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk))
  return new Promise((resolve) => {
    child.on('close', (exitCode) =>
      resolve({ exitCode, stdout: Buffer.concat(stdout).toString(), stderr: Buffer.concat(stderr).toString() }),
    )
  })
}

/** Runs a command that has to do its work, and hands out `data` of its document. */
async function done(...argv: readonly string[]): Promise<Record<string, unknown>> {
  const { exitCode, stdout, stderr } = await holdfast(...argv, '--json')
  expect([exitCode, stderr], stdout).toEqual([0, ''])
  const document = JSON.parse(stdout) as { ok: boolean; data: Record<string, unknown> }
  expect(document.ok).toBe(true)
  return document.data
}

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'holdfast-whole-'))
  writeFileSync(join(folder, 'vault-passphrase'), 'a vault passphrase for the test')
  writeFileSync(join(folder, 'kit-passphrase'), 'a kit passphrase for the test\n')
  createSample(join(folder, 'shop.sqlite'))
})
afterAll(() => rmSync(folder, { recursive: true }))

describe('the whole program on a SQLite database', () => {
  it('refuses a backup without a destination', async () => {
    await done('connection', 'add', '--name', 'shop', '--engine', 'sqlite', '--path', 'shop.sqlite')
    const refused = await holdfast('backup', 'shop', '--json')
    expect(refused.exitCode).toBe(2)
    expect(JSON.parse(refused.stdout)).toMatchObject({ ok: false, error: { code: 'NO_DESTINATION' } })
  })

  it('backs up encrypted, proves, plans, restores and compares', async () => {
    mkdirSync(join(folder, 'backups'), { mode: 0o700 })
    await done('destination', 'add', '--name', 'disk', '--type', 'local', '--path', 'backups')
    const key = await done('key', 'create', '--recovery-kit', 'kit', '--passphrase-file', 'kit-passphrase')
    expect(await done('key', 'verify', '--kit', 'kit', '--passphrase-file', 'kit-passphrase')).toEqual({
      fingerprint: key['fingerprint'],
      verified: true,
    })
    const backup = await done('backup', 'shop', '--description', 'whole program')
    expect(backup).toMatchObject({ state: 'complete', encrypted: true, warnings: [], description: 'whole program' })
    expect(backup).not.toHaveProperty('contents')

    const report = await done('validate', String(backup['id']), '--level', 'restore')
    expect(report).toMatchObject({ backup: backup['id'], level: 'restore', outcome: 'passed' })
    const listed = await holdfast('backups', 'list')
    expect(listed.stdout).toContain('Proven')

    await done('restore', 'plan', 'latest', '--connection', 'shop', '--database', 'again.sqlite', '-o', 'plan.json')
    expect(statSync(join(folder, 'plan.json')).mode & 0o777).toBe(0o600)
    expect((await holdfast('restore', 'apply', 'plan.json')).exitCode).toBe(6)
    expect((await holdfast('restore', 'apply', 'plan.json', '--confirm', 'shop.sqlite')).exitCode).toBe(6)
    expect(existsSync(join(folder, 'again.sqlite'))).toBe(false)
    const restored = await done('restore', 'apply', 'plan.json', '--confirm', 'again.sqlite')
    expect(restored).toMatchObject({ outcome: 'passed', safetyBackup: null })
    const live = await done('compare', 'latest', '--connection', 'shop', '--live', '--database', 'again.sqlite')
    expect(live).toMatchObject({ equal: true })
  })

  it('blocks a restore over what exists, and prints the plan', async () => {
    const plan = ['restore', 'plan', 'latest', '--connection', 'shop', '--database', 'shop.sqlite', '--json']
    const { exitCode, stdout } = await holdfast(...plan)
    expect(exitCode).toBe(6)
    expect(JSON.parse(stdout)).toMatchObject({ ok: true, data: { blockers: [{ code: 'TARGET_EXISTS' }] } })
  })

  it('refuses an edited plan', async () => {
    const path = join(folder, 'plan.json')
    writeFileSync(path, readFileSync(path, 'utf8').replace('again.sqlite', 'other.sqlite'))
    const refused = await holdfast('restore', 'apply', 'plan.json', '--confirm', 'again.sqlite', '--json')
    expect(refused.exitCode).toBe(6)
    expect(JSON.parse(refused.stdout)).toMatchObject({ ok: false, error: { code: 'PLAN_INVALID' } })
  })

  it('streams rows as CSV', async () => {
    const { stdout, exitCode } = await holdfast('rows', 'latest', 'products', '--connection', 'shop')
    expect(exitCode).toBe(0)
    expect(stdout.trimEnd().split('\n')).toHaveLength(1_201)
    const one = await done('rows', 'latest', 'products', '--connection', 'shop', '--where', 'id=5')
    expect(one).toMatchObject({ rows: [expect.arrayContaining(['5'])], more: false })
  })

  it('does not pass a backup that was cut by one byte', async () => {
    const names = readdirSync(join(folder, 'backups'), { recursive: true }).map(String)
    const artifact = join(folder, 'backups', names.find((name) => name.endsWith('.age')) ?? '')
    truncateSync(artifact, statSync(artifact).size - 1)
    const validated = await holdfast('validate', 'latest', '--connection', 'shop', '--level', 'checksum', '--json')
    expect(validated.exitCode).toBe(5)
    const refused = await holdfast('restore', 'plan', 'latest', '--connection', 'shop', '--json')
    expect(refused.exitCode).not.toBe(0)
    expect((await holdfast('audit', 'verify')).exitCode).toBe(0)
  })
})

describe('the demo', () => {
  it('passes every step', async () => {
    const demo = (await done('demo')) as { steps: { outcome: string }[] }
    expect(demo.steps.map(({ outcome }) => outcome)).toEqual(demo.steps.map(() => 'passed'))
    expect(demo.steps).toHaveLength(9)
  })
})
