import { readFile, rm, writeFile } from 'node:fs/promises'
import { afterEach, beforeEach, expect, it } from 'vitest'
import type { Sandbox } from '../system/harness.ts'
import { artifactOf, ask, backUp, listBackups, type BackupSeen, type ReportSeen } from './cli.ts'
import { damages, manifestOf, type Damage } from './damage.ts'

/**
 * The tests of one engine: each damage is done to a stored backup; a restore is refused, `validate` names the reason, and the
 * list says so; then the files are put back. `connection` is registered, `disk` its only destination.
 */
export function describeDamage(
  sandbox: () => Sandbox,
  connection: string,
  isEncrypted: boolean,
  each: readonly Damage[] = damages,
): void {
  let oldest: BackupSeen
  let other: BackupSeen
  let subject: BackupSeen
  let files: ReadonlyMap<string, Buffer> = new Map()

  it('takes backups that are whole', async () => {
    oldest = await backUp(sandbox(), connection)
    other = await backUp(sandbox(), connection)
    subject = await backUp(sandbox(), connection)
    expect(subject).toMatchObject({ state: 'complete', encrypted: isEncrypted, copies: [{ state: 'stored' }] })
    const paths = [other, subject].flatMap((backup) => [artifactOf(backup), manifestOf(backup)])
    files = new Map(await Promise.all(paths.map(async (path) => [path, await readFile(path)] as const)))
  })

  const putBack = async () => {
    for (const [path, bytes] of files) {
      await rm(path, { force: true })
      await writeFile(path, bytes, { mode: 0o600 })
    }
  }
  beforeEach(putBack)
  afterEach(putBack)

  it.each(each)('$name', async (damage) => {
    await damage.apply(subject, other)
    await expectRestoreRefused(sandbox(), subject, damage)
    await expectListed(sandbox(), subject, { badge: 'failed', copies: [{ state: damage.copyState }] })
    for (const victim of damage.hitsOther === true ? [subject, other] : [subject])
      await expectNamed(sandbox(), victim, damage)
    await expectListed(sandbox(), subject, { badge: 'failed', copies: [{ state: damage.copyState }] })
  })

  it('takes the one that nobody touched, the oldest, for the latest', async () => {
    const report = await sandbox().data(['validate', 'latest', '--connection', connection, '--level', 'decode'])
    expect(report).toMatchObject({ backup: oldest.id, outcome: 'passed' })
  })

  it('believes what was put back only after a validation', async () => {
    await expectListed(sandbox(), subject, { badge: 'failed' })
    expect(await sandbox().data(['validate', subject.id])).toMatchObject({ outcome: 'passed' })
    await expectListed(sandbox(), subject, { badge: 'checked', copies: [{ state: 'stored' }] })
  })
}

async function expectRestoreRefused(sandbox: Sandbox, backup: BackupSeen, damage: Damage): Promise<void> {
  const planned = await ask(sandbox, ['restore', 'plan', backup.id, '--database', 'never', '-o', 'never.json'])
  expect(planned.exitCode, planned.stdout).toBe(5)
  expect(planned.document).toMatchObject({
    ok: false,
    error: { code: expect.stringMatching(damage.refusal) as string },
  })
  expect(planned.document.error?.remedy).toMatch(/./)
}

async function expectNamed(sandbox: Sandbox, backup: BackupSeen, damage: Damage): Promise<void> {
  const validated = await ask(sandbox, ['validate', backup.id, '--level', 'checksum'])
  expect(validated.exitCode, validated.stdout).toBe(5)
  const report = validated.document.data as ReportSeen
  expect(report.outcome).toBe('failed')
  const failed = report.checks.filter(({ outcome }) => outcome === 'failed').map(({ detail }) => detail)
  expect(failed.join('\n')).toMatch(damage.reason)
}

async function expectListed(sandbox: Sandbox, backup: BackupSeen, as: object): Promise<void> {
  const listed = (await listBackups(sandbox)).find(({ id }) => id === backup.id)
  expect(listed).toMatchObject(as)
}
