import { describe, expect, it } from 'vitest'
import type { Comparison } from '../../../preload/contract/index.ts'
import { sampleBackup, sampleBlocker, samplePlan, sampleReport, sampleRestore } from '../testing/samples.ts'
import { backupsText, finishedBackupText } from './backup-view.ts'
import { planText } from './plan-view.ts'
import { comparisonText, restoredText, validationText } from './proof-view.ts'

const warning = { code: 'SUBSCRIPTIONS', message: 'Subscriptions are not part of the backup.' }

describe('what people see', () => {
  it('after a backup', () => {
    expect(finishedBackupText(sampleBackup())).toMatchInlineSnapshot(`
      "Backed up.
      Backup     01JGH5QZ8M3X7V2K9P4R6T0WYA
      Name       before the migration
      Database   /data/shop.sqlite (shop)
      Holds      1 table, 12,345 rows
      Copies     1 of 1 copy
                 disk: stored, /backups/shop.sqlite.zst.age
      Size       1.0 MiB, from 4.0 MiB (4.0×)
      Encrypted  yes
      SHA-256    abababababababababababababababababababababababababababababababab
      Took       4.2 s
      Prove that it restores: holdfast validate 01JGH5QZ8M3X7V --level restore"
    `)
  })

  it('after a backup with warnings', () => {
    const failed = { destination: 'nas', location: '', state: 'failed' }
    const made = sampleBackup({ warnings: [warning], copies: [...sampleBackup().copies, failed] })
    const text = finishedBackupText(made)
    expect(text).toContain('Backed up, with warnings.')
    expect(text).toContain('1 of 2 copies')
    expect(text).toContain('Warning: Subscriptions are not part of the backup. (SUBSCRIPTIONS)')
  })

  it('in the list of backups', () => {
    const list = [
      sampleBackup({ badge: 'proven' }),
      sampleBackup({ badge: 'none', pinned: true, scope: 'partial', origin: 'unknown', encrypted: false }),
      sampleBackup({ state: 'failed', artifactBytes: null, copies: [] }),
    ]
    const withoutTime = backupsText(list).replaceAll(/\d{4}-\d\d-\d\d \d\d:\d\d/g, '(date and time)')
    expect(withoutTime).toMatchInlineSnapshot(`
      "ID              TAKEN             DATABASE           CONNECTION     SIZE  COPIES  STATE     NOTES
      01JGH5QZ8M3X7V  (date and time)  /data/shop.sqlite  shop        1.0 MiB  1/1     Proven
      01JGH5QZ8M3X7V  (date and time)  /data/shop.sqlite  shop        1.0 MiB  1/1     Unproven  pinned, partial, origin unknown, not encrypted
      01JGH5QZ8M3X7V  (date and time)  /data/shop.sqlite  shop              –  0/0     Failed"
    `)
  })

  it('of a plan', () => {
    expect(planText(samplePlan())).toMatchInlineSnapshot(`
      "Backup  01JGH5QZ8M3X7V2K9P4R6T0WYA
      Target  /data/shop-restored.sqlite on /data (shop, development)
      Exists  no, it is created
      Mode    new

         OBJECT  ROWS NOW  ROWS AFTER  STRUCTURE
      +  orders         –      12,345
      -  old           ~3           –

      2 objects: 1 to create, 1 to drop.

      Commands:
        copy /backups/shop.sqlite.zst.age to /data/shop-restored.sqlite"
    `)
  })

  it('of a blocked plan with losses', () => {
    const losses = ['1,204 more rows in orders now than in this backup']
    const text = planText(samplePlan({ losses, warnings: [warning], blockers: [sampleBlocker] }))
    for (const part of [...losses, sampleBlocker.message, sampleBlocker.remedy, warning.message]) {
      expect(text).toContain(part)
    }
  })

  it('of a validation, where only a restore is a proof', () => {
    expect(validationText(sampleReport('passed'))).toMatchInlineSnapshot(`
      "Proven: restored and compared.

      CHECK     OUTCOME  DETAIL
      checksum  passed   SHA-256 is the manifest’s

      NOT COVERED  WHY
      recent       a view has no rows of its own"
    `)
    expect(validationText({ ...sampleReport('passed'), level: 'structure' })).toContain('Checked:')
    for (const outcome of ['failed', 'could-not-run'] as const) {
      expect(validationText(sampleReport(outcome))).not.toMatch(/Proven|Checked/)
    }
  })

  it('of a restore', () => {
    expect(restoredText(sampleRestore())).toMatchInlineSnapshot(`
      "Restored into /data/shop-restored.sqlite and compared: equal.

      CHECK   OUTCOME  DETAIL
      orders  passed

      Took: restore 1.5 s"
    `)
    expect(restoredText(sampleRestore('failed'))).toContain(
      'did not pass its checks, so /data/shop-restored.sqlite was not made',
    )
  })

  it('of a restore over an existing database', () => {
    const swapped = { mode: 'swap', retired: 'hf_0123456789ab_shop', undoUntil: '2026-01-02T12:00:00.000Z', awayMs: 37 }
    const text = restoredText(sampleRestore('passed', swapped))
    expect(text).toContain('The database was away for 37 ms.')
    expect(text).toContain('What was there is kept as hf_0123456789ab_shop, at least until')
    expect(text).toContain('holdfast restore undo')
    expect(restoredText(sampleRestore('failed', { mode: 'swap' }))).toContain('was not touched')
    expect(restoredText(sampleRestore('failed', swapped))).toContain(
      'Restored into /data/shop-restored.sqlite, but it did not',
    )
  })

  it('of a plan over an existing database', () => {
    const text = planText(
      samplePlan({
        mode: 'swap',
        target: { ...samplePlan().target, exists: true },
        losses: ['3 more rows in old now than in this backup.'],
        safetyBackup: { taken: false, reason: 'taken by hand' },
        space: { neededBytes: 2_500_000, freeBytes: null },
        forecastSeconds: { low: 10, high: 20 },
        newerBackups: [{ backup: samplePlan().backup, startedAt: '2026-01-01T12:00:00.000Z' }],
        hooks: ['before: maintenance page'],
      }),
    )
    for (const line of [
      /Safety backup +none: taken by hand/,
      /Kept +the old database, closed, for 24 hours/,
      /Takes +~10 s to 20 s|Takes +~10.0 s to 20.0 s/,
      /Hooks +before: maintenance page/,
      /Newer good backups/,
      /3 more rows in old/,
    ]) {
      expect(text).toMatch(line)
    }
  })

  it('of a comparison', () => {
    const table = { kind: 'table', rowsLeft: 10, rowsRight: 12, schema: 'equal' } as const
    const objects: Comparison['objects'] = [
      { ...table, name: 'orders', status: 'changed', columns: ['total', 'note'] },
      { ...table, columns: [], name: 'lines', status: 'changed', schema: 'changed' },
      { ...table, columns: [], name: 'gone', status: 'only-left', rowsRight: null },
      { ...table, columns: [], name: 'new', status: 'only-right', rowsLeft: null },
      { ...table, columns: [], name: 'indexed', status: 'equal', schema: 'changed' },
      { ...table, columns: [], name: 'same', status: 'equal' },
    ]
    expect(comparisonText({ equal: false, objects, notCovered: [] })).toMatchInlineSnapshot(`
      "Not equal: 5 objects differ, 1 equal.

      OBJECT   KIND   DIFFERENCE             ROWS IN BACKUP  ROWS THERE  COLUMNS
      orders   table  content                            10          12  total, note
      lines    table  content and structure              10          12
      gone     table  only in the backup                 10           –
      new      table  not in the backup                   –          12
      indexed  table  structure                          10          12"
    `)
    expect(comparisonText({ equal: true, objects: objects.slice(5), notCovered: [] })).toBe('Equal: 1 object compared.')
  })
})
