import { describe, expect, it } from 'vitest'
import { BackupId, ConnectionId, type BackupSummary } from '../../../preload/contract/index.ts'
import { cliCommand } from '../../lib/cli-command.ts'
import { remedyParts } from './finding-words.ts'
import { nameDifference } from './name-difference.ts'
import { beforeProblem, fieldOfMoment, momentOfField } from './problem-time.ts'
import { partAt, partsOf, stopMeaning } from './run-words.ts'
import { missingChoice, planCommandOptions, planRequest, TargetChoice } from './target-choice.ts'
import { stepOf } from './wizard-steps.ts'

const id = '01ARZ3NDEKTSV4RRFFQ69G5FAV'
const postgres = { id: BackupId.parse(id), engine: 'postgresql', content: 'full', format: 'custom' } as const
const connection = { id: ConnectionId.parse(id), name: 'shop', engine: 'postgresql' } as const
const subject = { backup: postgres, connection }
const safe = { isTaken: true, reason: '' }
const choice = (part: Partial<TargetChoice>) => TargetChoice.parse(part)

describe('the step of an address', () => {
  it('is never one whose conditions are not met', () => {
    expect(stepOf({})).toBe('backup')
    expect(stepOf({ step: 'confirm' })).toBe('backup')
    expect(stepOf({ step: 'run' })).toBe('backup')
    expect(stepOf({ step: 'run', backup: 'b' })).toBe('target')
    expect(stepOf({ step: 'run', backup: 'b', plan: 'p' })).toBe('plan')
    expect(stepOf({ step: 'confirm', backup: 'b' })).toBe('target')
    expect(stepOf({ step: 'confirm', backup: 'b', plan: 'p' })).toBe('confirm')
    expect(stepOf({ step: 'run', job: 'j' })).toBe('run')
    expect(stepOf({ backup: 'b', step: 'nonsense' })).toBe('contents')
  })
})

describe('the choice of a target', () => {
  it('is a new database unless something else is chosen, and says what is missing', () => {
    expect(choice({}).mode).toBe('new')
    expect(missingChoice(choice({}), subject, safe)).toBeNull()
    expect(missingChoice(choice({}), { ...subject, connection: null }, safe)).toMatch(/connection/)
    expect(missingChoice(choice({ mode: 'swap' }), subject, safe)).toMatch(/which database/)
    expect(missingChoice(choice({ mode: 'swap', over: 'other' }), subject, safe)).toMatch(/Type the name/)
    expect(missingChoice(choice({ mode: 'swap', over: 'own' }), subject, safe)).toBeNull()
    expect(missingChoice(choice({ mode: 'in-place', over: 'own' }), subject, safe)).toBeNull()
    expect(missingChoice(choice({ mode: 'swap', over: 'own', include: ['public.a'] }), subject, safe)).toMatch(/parts/)
    expect(missingChoice(choice({ include: [] }), subject, safe)).toMatch(/at least one object/)
    expect(missingChoice(choice({ jobs: 0 }), subject, safe)).toMatch(/workers/)
    expect(missingChoice(choice({ mode: 'in-place', over: 'own', content: 'data' }), subject, safe)).toMatch(/rows/)
    expect(missingChoice(choice({ mode: 'swap', over: 'own', keepHours: 0 }), subject, safe)).toMatch(/hours/)
    expect(missingChoice(choice({ mode: 'swap', over: 'own' }), subject, { isTaken: false, reason: ' ' })).toMatch(
      /why/,
    )
  })

  it('asks for what was chosen and nothing else', () => {
    const data = choice({ mode: 'in-place', over: 'own', content: 'data', rows: 'append', disconnect: true })
    expect(planRequest(data, subject, { isTaken: false, reason: ' tested ' })).toEqual({
      backup: id,
      to: id,
      database: null,
      mode: 'in-place',
      content: 'data',
      rows: 'append',
      disconnectOthers: true,
      noSafetyBackup: 'tested',
    })
    // What belongs to existing databases doesn't go along with a new one.
    const fresh = choice({ name: ' other ', disconnect: true, keepHours: 3, rows: 'replace', jobs: 4 })
    expect(planRequest(fresh, subject, { isTaken: false, reason: 'tested' })).toEqual({
      backup: id,
      to: id,
      database: 'other',
      mode: 'new',
      content: 'full',
      rows: null,
      disconnectOthers: false,
      noSafetyBackup: null,
      jobs: 4,
    })
    // In place everything is one transaction; passwords of roles go along with `alter` alone.
    const parts = choice({
      mode: 'in-place',
      over: 'own',
      include: ['public.*'],
      jobs: 4,
      roles: 'leave',
      rolePasswords: true,
    })
    const asked = planRequest(parts, subject, safe)
    expect(asked).toMatchObject({ content: 'full', include: ['public.*'], roles: 'leave' })
    expect(asked).not.toHaveProperty('jobs')
    expect(asked).not.toHaveProperty('rolePasswords')
    expect(cliCommand(['restore', 'plan', id], planCommandOptions(parts, subject, safe))).toBe(
      `holdfast restore plan ${id} --to shop --mode in-place --include 'public.*' --roles leave`,
    )
  })
})

describe('a typed name', () => {
  it('is told how far it is from the wanted one', () => {
    expect(nameDifference('sales', 'sales')).toBeNull()
    expect(nameDifference('sales', '')).toBe('Nothing typed yet')
    expect(nameDifference('sales', 'sal')).toBe('2 letters missing')
    expect(nameDifference('sales', 'sale')).toBe('1 letter missing')
    expect(nameDifference('sales', 'sales ')).toBe('1 letter too many')
    expect(nameDifference('sales', 'Sales')).toBe('Differs from letter 1 on')
    expect(nameDifference('grün🌲', 'grün')).toBe('1 letter missing')
  })
})

describe('the time of trouble', () => {
  const backup = (startedAt: string, part: Partial<BackupSummary> = {}) =>
    ({
      startedAt,
      state: 'complete',
      kind: 'backup',
      badge: 'checked',
      copies: [{ destination: 'NAS', location: 'x', state: 'stored' }],
      ...part,
    }) as BackupSummary
  const at = (day: number) => `2026-03-0${String(day)}T10:00:00.000Z`

  it('chooses the newest good backup from before it, and names the newer good ones', () => {
    const all = [backup(at(5)), backup(at(4)), backup(at(3), { badge: 'failed' }), backup(at(2)), backup(at(1))]
    expect(beforeProblem(all, at(4))).toEqual({ chosen: all[3], leftOut: [all[1], all[0]] })
    expect(beforeProblem(all, at(1)).chosen).toBeNull()
    expect(beforeProblem(all, at(9)).leftOut).toEqual([])
  })

  it('goes into the field and back', () => {
    const moment = momentOfField('2026-03-01T14:30')
    expect(moment).toMatch(/^2026-0.*\.000Z$/)
    expect(fieldOfMoment(moment ?? '')).toBe('2026-03-01T14:30')
    expect(momentOfField('')).toBeNull()
    expect(momentOfField('2026-03-01')).toBeNull()
  })
})

describe('words of a run', () => {
  it('know the part that a stage belongs to, and what Stop means there', () => {
    const parts = partsOf('swap', true)
    expect(parts.map(({ name }) => name)).toContain('Safety backup')
    expect(partsOf('new', false).map(({ name }) => name)).not.toContain('Safety backup')
    expect(partAt(parts, 'restore')).toBeGreaterThan(partAt(parts, 'safety-backup'))
    expect(partAt(parts, null)).toBe(-1)
    expect(stopMeaning('swap', 'sales', 'restore')).toContain('sales is as it was')
    expect(stopMeaning('in-place', 'sales', 'compare')).toContain('already')
  })
})

describe('a remedy', () => {
  it('gives the statement apart from the sentence', () => {
    expect(remedyParts('In shop: DROP SUBSCRIPTION s; (their slots stay.)')).toEqual({
      sentence: 'In shop: … (their slots stay.)',
      statement: 'DROP SUBSCRIPTION s;',
    })
    expect(remedyParts('End their work.')).toEqual({ sentence: 'End their work.', statement: null })
  })
})
