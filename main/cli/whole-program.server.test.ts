import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { createSample } from '../app/sample.ts'
import { useProgram } from './testing/program.ts'

const { path, holdfast, done } = useProgram()

beforeAll(() => {
  writeFileSync(path('kit-passphrase'), 'a kit passphrase for the test\n')
  createSample(path('shop.sqlite'))
})

describe('the whole program on a SQLite database', () => {
  it('refuses a backup without a destination', async () => {
    await done('connection', 'add', '--name', 'shop', '--engine', 'sqlite', '--path', 'shop.sqlite')
    const refused = await holdfast('backup', 'shop', '--json')
    expect(refused.exitCode).toBe(2)
    expect(JSON.parse(refused.stdout)).toMatchObject({ ok: false, error: { code: 'NO_DESTINATION' } })
  })

  it('backs up encrypted, proves, plans, restores and compares', async () => {
    mkdirSync(path('backups'), { mode: 0o700 })
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
    expect(statSync(path('plan.json')).mode & 0o777).toBe(0o600)
    expect((await holdfast('restore', 'apply', 'plan.json')).exitCode).toBe(6)
    expect((await holdfast('restore', 'apply', 'plan.json', '--confirm', 'shop.sqlite')).exitCode).toBe(6)
    expect(existsSync(path('again.sqlite'))).toBe(false)
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
    const plan = path('plan.json')
    writeFileSync(plan, readFileSync(plan, 'utf8').replace('again.sqlite', 'other.sqlite'))
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
    const names = readdirSync(path('backups'), { recursive: true }).map(String)
    const artifact = join(path('backups'), names.find((name) => name.endsWith('.age')) ?? '')
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
    expect(demo.steps).toHaveLength(13)
  })
})
