import { readFileSync, readdirSync, rmSync } from 'node:fs'
import { dirname } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import type { BackupDetail, RestorePlan, RestoreResult, ValidationReport } from '../../preload/contract/index.ts'
import { addPostgres, ask, backUp } from '../exchange/commands.ts'
import { usePostgres } from '../servers/postgres.ts'
import { useSandbox } from '../system/harness.ts'

/** Roles on the way from one server to another one, here to the same after they were dropped. By commands. */
describe('roles of a PostgreSQL backup', () => {
  const sandbox = useSandbox()
  const server = usePostgres({ version: 15 })
  const made: { good: BackupDetail | null; broken: BackupDetail | null; hash: string } = {
    good: null,
    broken: null,
    hash: '',
  }

  const roles = async () =>
    (await server().sql(`SELECT rolname FROM pg_roles WHERE rolname !~ '^pg_' ORDER BY 1`)).split('\n')
  const plan = (backup: BackupDetail | null, ...flags: readonly string[]) =>
    ask(sandbox(), ['restore', 'plan', backup?.id ?? '', ...flags, '-o', 'plan.json'])

  beforeAll(async () => {
    const { sql } = server()
    await sql(`CREATE DATABASE shop`)
    await sql(`CREATE DATABASE broken`)
    await sql(`CREATE ROLE staff NOLOGIN; CREATE ROLE seller LOGIN PASSWORD 'sold' IN ROLE staff`)
    await sql(`CREATE TABLE item (n int); INSERT INTO item VALUES (1); ALTER TABLE item OWNER TO seller`, 'shop')
    // It restores only where rows of the second table are there before those of the first.
    await sql(
      `CREATE TABLE z_parent (n int); INSERT INTO z_parent VALUES (1); ALTER TABLE z_parent OWNER TO seller;
       CREATE FUNCTION known(int) RETURNS bool LANGUAGE sql AS 'SELECT EXISTS (SELECT FROM public.z_parent WHERE n = $1)';
       CREATE TABLE a_child (n int CHECK (known(n))); INSERT INTO a_child VALUES (1)`,
      'broken',
    )
    made.hash = await sql(`SELECT rolpassword FROM pg_authid WHERE rolname = 'seller'`)
    await addPostgres(sandbox(), server(), 'shop', 'shop')
    made.good = await backUp(sandbox(), 'shop')
    made.broken = await backUp(sandbox(), 'shop', '--database=broken')
    for (const name of ['shop', 'broken']) await sql(`DROP DATABASE ${name}`)
    await sql('DROP ROLE seller; DROP ROLE staff')
  })

  it('are missing, which the plan says with the statement, and blocks where they are to be left', async () => {
    const left = await plan(made.good, '--database=copy', '--roles=leave')
    expect(left.exitCode).toBe(6)
    const { blockers } = left.document.data as RestorePlan
    expect(blockers.map(({ code }) => code)).toEqual(['ROLE_MISSING'])
    expect(blockers[0]?.remedy).toContain('CREATE ROLE "seller"')
  })

  it('that a restore made are gone after it failed, and the next good and proven backup is named', async () => {
    const before = await roles()
    const planned = await plan(made.broken, '--database=copy')
    expect(planned.exitCode, planned.stdout).toBe(0)
    const applied = await ask(sandbox(), ['restore', 'apply', 'plan.json', '--confirm=copy'])
    expect(applied.document.error?.code).toBe('RESTORE_FAILED')
    expect(applied.document.error?.remedy).toContain('There is no other good backup of this database.')
    expect(await roles()).toEqual(before)
  })

  it('are made as they were, with their passwords, before the restore; a wrong name is told from the right one', async () => {
    const planned = await plan(made.good, '--database=copy')
    const { roles: listed, commands } = planned.document.data as RestorePlan
    expect(listed?.map(({ name, action }) => `${action} ${name}`)).toEqual([
      'leave postgres',
      'create seller',
      'create staff',
    ])
    expect(commands.join('\n')).toContain(`PASSWORD '********'`)
    expect(planned.stdout).not.toContain('SCRAM')
    expect(readFileSync(sandbox().path('plan.json'), 'utf8')).not.toContain('SCRAM')
    const wrong = await ask(sandbox(), ['restore', 'apply', 'plan.json', '--confirm=cpoy'])
    expect(wrong.document.error?.message).toBe('"cpoy" was typed; "copy" is expected.')
    expect(wrong.document.error?.detail).toContain(`copy on shop (${server().host}:${String(server().port)})`)
    const applied = await sandbox().data<RestoreResult>(['restore', 'apply', 'plan.json', '--confirm=copy'])
    expect(applied.outcome).toBe('passed')
    const { sql } = server()
    expect(await sql(`SELECT rolpassword FROM pg_authid WHERE rolname = 'seller'`)).toBe(made.hash)
    expect(await sql(`SELECT count(shobj_description(oid, 'pg_authid')) FROM pg_roles`)).toBe('0')
    expect(await sql(`SELECT pg_has_role('seller', 'staff', 'MEMBER')`)).toBe('t')
  })

  it('stand without passwords in the open', async () => {
    await server().sql('CREATE DATABASE shop TEMPLATE copy')
    const open = await backUp(sandbox(), 'shop', '--no-encrypt')
    const location = open.copies[0]?.location ?? ''
    const manifest = readFileSync(`${location}.manifest.json`, 'utf8')
    expect(manifest).toContain('"seller"')
    expect(manifest).not.toContain('SCRAM')
    const asked = await ask(sandbox(), ['backup', '--no-encrypt', '--role-passwords', '--', 'shop'])
    expect(asked.exitCode).toBe(3)
    expect((asked.document.data as BackupDetail).warnings.map(({ code }) => code)).toEqual(['ROLE_PASSWORDS'])
  })

  it('a backup that is too small or too old says so, stays good, and a lost one names what to rely on instead', async () => {
    const limits = ['--min-size=1GB', '--max-age=30d']
    await sandbox().data(['connection', 'edit', 'shop', ...limits])
    const checked = await ask(sandbox(), ['validate', made.good?.id ?? '', '--level=presence'])
    expect(checked.exitCode).toBe(5)
    const report = checked.document.data as ValidationReport
    expect(report.checks.map(({ name, outcome }) => `${name} ${outcome}`)).toEqual([
      'presence passed',
      'size passed',
      'minimum size failed',
      'maximum age passed',
    ])
    const after = await sandbox().data<BackupDetail>(['backups', 'show', made.good?.id ?? ''])
    expect(after.badge).not.toBe('failed')
    expect(report.others?.good?.backup).not.toBe(made.good?.id)
    await sandbox().data(['connection', 'edit', 'shop', '--min-size=none'])
    const location = after.copies[0]?.location ?? ''
    for (const file of readdirSync(dirname(location)).filter((name) => location.endsWith(name)))
      rmSync(`${dirname(location)}/${file}`)
    const lost = await plan(made.good, '--database=other')
    expect(lost.document.error?.remedy).toContain(
      `The newest other good backup is ${report.others?.good?.backup ?? '?'}`,
    )
    const text = await sandbox().run(['validate', made.good?.id ?? ''])
    expect(text.stdout).toContain('What can be relied on instead:')
  })
})
