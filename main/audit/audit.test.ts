import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import Database from 'better-sqlite3'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { AppError } from '../../preload/contract/index.ts'
import { Catalog } from '../catalog/catalog.ts'
import { backupRecord } from '../catalog/testing/records.ts'
import { Audit } from './audit.ts'

let home: string
let catalog: Catalog
let audit: Audit

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'holdfast-test-audit-'))
  catalog = Catalog.open({ home, appVersion: '0.0.0' })
  audit = new Audit({ catalog, redact: (text) => text.replaceAll('hunter2', '***'), actor: 'ada@desk' })
})

afterEach(() => {
  catalog.close()
  rmSync(home, { recursive: true, force: true })
})

function write(count: number): void {
  for (let number = 1; number <= count; number++)
    audit.write({ action: 'backup.created', subject: `b${number}`, outcome: 'done' })
}

/** An attacker with the file in hand: the triggers are no obstacle. */
function attack(sql: string): void {
  const database = new Database(catalog.path)
  database.exec(`DROP TRIGGER audit_no_update; DROP TRIGGER audit_no_delete; ${sql}`)
  database.close()
}

describe('the audit log', () => {
  it('numbers entries, says who and what, and is valid', () => {
    expect(audit.verify()).toEqual({ valid: true, entries: 0 })
    const first = audit.write({
      action: 'connection.added',
      subject: 'shop',
      outcome: 'done',
      detail: { engine: 'sqlite', at: new Date(0), nothing: undefined },
    })
    write(2)
    expect(audit.list(2).map(({ number }) => number)).toEqual([3, 2])
    expect(audit.list().at(-1)).toEqual(first)
    expect(first).toMatchObject({
      number: 1,
      actor: 'ada@desk',
      detail: { engine: 'sqlite', at: '1970-01-01T00:00:00.000Z', nothing: null },
    })
    expect(audit.verify()).toEqual({ valid: true, entries: 3 })
    expect(audit.head()?.number).toBe(3)
  })

  it('holds more than one page', () => {
    catalog.transaction(() => write(2_500))
    expect(audit.verify()).toEqual({ valid: true, entries: 2_500 })
  })

  it('redacts at every depth', () => {
    audit.write({
      action: 'a',
      subject: 'with hunter2',
      outcome: 'failed',
      detail: { hunter2: ['hunter2', { deep: 'x hunter2' }] },
    })
    expect(JSON.stringify(audit.list())).not.toContain('hunter2')
  })

  it('survives whatever text and number there is', () => {
    const subject = 'żółw "\u0000\ud800 \u{1F600} \u2028'
    audit.write({
      action: 'a',
      subject,
      outcome: 'done',
      detail: { [subject]: [subject, Number.NaN, 1e21, -0, 12n, true] },
    })
    expect(audit.verify()).toEqual({ valid: true, entries: 1 })
    expect(audit.list()[0]?.subject).toBe(subject.toWellFormed())
  })

  it('stands or falls with the transaction around it', () => {
    const fails = () =>
      catalog.transaction(() => {
        write(1)
        throw new AppError('FAILED', 'in between')
      })
    expect(fails).toThrow('in between')
    expect(audit.verify()).toEqual({ valid: true, entries: 0 })
  })

  it('can not be changed or shortened through the database', () => {
    write(1)
    const database = new Database(catalog.path)
    for (const sql of ["UPDATE audit SET subject = 'x'", 'DELETE FROM audit'])
      expect(() => database.exec(sql)).toThrow(/append only/)
    database.close()
  })

  it('is one chain when several processes write at once', async () => {
    const entry = fileURLToPath(new URL('testing/audit-process.ts', import.meta.url))
    await Promise.all(['a', 'b', 'c'].map((name) => promisify(execFile)(process.execPath, [entry, home, name, '40'])))
    expect(audit.verify()).toEqual({ valid: true, entries: 120 })
    expect(new Set(audit.list(200).map(({ subject }) => subject)).size).toBe(120)
  })
})

describe('an attack on the chain', () => {
  it.each([
    ['a changed word', "UPDATE audit SET subject = 'other' WHERE number = 3", 3],
    ['a changed outcome', "UPDATE audit SET outcome = 'refused' WHERE number = 3", 3],
    ['a changed detail', `UPDATE audit SET detail = '{"a":1}' WHERE number = 5`, 5],
    ['a changed hash', `UPDATE audit SET hash = '${'0'.repeat(64)}' WHERE number = 2`, 2],
    ['a removed entry', 'DELETE FROM audit WHERE number = 3', 3],
    ['the first entry removed', 'DELETE FROM audit WHERE number = 1', 1],
    [
      'a removed entry, the rest renumbered',
      'DELETE FROM audit WHERE number = 3; UPDATE audit SET number = number - 1 WHERE number > 3',
      3,
    ],
    [
      'two entries exchanged',
      'UPDATE audit SET number = 99 WHERE number = 2; UPDATE audit SET number = 2 WHERE number = 3; UPDATE audit SET number = 3 WHERE number = 99',
      2,
    ],
    ['the tail cut', 'DELETE FROM audit WHERE number > 4', 5],
    ['everything cut', 'DELETE FROM audit', 1],
  ])('%s is found', (_, sql, brokenAt) => {
    write(6)
    attack(sql)
    expect(audit.verify()).toMatchObject({ valid: false, brokenAt })
  })

  it('a cut tail with the noted head cut too shows by a stored manifest, and by one from outside', () => {
    write(6)
    const anchor = audit.head() ?? { number: 0, hash: '' }
    catalog.backups.insert(
      backupRecord(),
      [],
      null,
      JSON.stringify({ installation: catalog.installation, auditHead: anchor }),
    )
    attack("DELETE FROM audit WHERE number > 4; DELETE FROM meta WHERE key = 'audit.head'")
    expect(audit.verify()).toEqual({ valid: false, entries: 4, brokenAt: 5 })
    attackManifest()
    expect(audit.verify()).toEqual({ valid: true, entries: 4 })
    expect(audit.verify([anchor])).toEqual({ valid: false, entries: 4, brokenAt: 5 })
    write(4)
    expect(audit.verify([anchor])).toMatchObject({ valid: false, brokenAt: 6 })
  })

  it('another installation’s manifest says nothing about this chain', () => {
    write(1)
    catalog.backups.insert(
      backupRecord(),
      [],
      null,
      JSON.stringify({ installation: 'another', auditHead: { number: 50, hash: 'x' } }),
    )
    expect(audit.verify()).toEqual({ valid: true, entries: 1 })
  })
})

function attackManifest(): void {
  const database = new Database(catalog.path)
  database.exec('UPDATE backup_contents SET manifest = NULL')
  database.close()
}
