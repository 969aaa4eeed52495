import { describe, expect, it } from 'vitest'
import { methods, type EngineChoices, type FormatChoice } from '../../../preload/contract/index.ts'
import {
  backUpCommand,
  BackUpAnswers,
  defaultAnswers,
  estimateText,
  formatFor,
  howProblemOf,
  requestOf,
  whatProblemOf,
} from './draft.ts'

const format = {
  label: '',
  extension: '',
  holds: '',
  opensWith: '',
  canTakeOutSingleTables: true,
  usualSize: '',
  isRecommended: false,
  contents: ['full', 'schema', 'data'],
  holdsSelections: true,
  dumpsInParallel: false,
  restoresInParallel: false,
} satisfies Partial<FormatChoice>
const postgresql: EngineChoices = {
  id: 'postgresql',
  label: 'PostgreSQL',
  hasRoles: true,
  formats: [
    { ...format, id: 'custom', isRecommended: true },
    { ...format, id: 'directory', dumpsInParallel: true },
  ],
}
const sqlite: EngineChoices = {
  id: 'sqlite',
  label: 'SQLite',
  hasRoles: false,
  formats: [
    { ...format, id: 'sqlite', isRecommended: true, contents: ['full'], holdsSelections: false },
    { ...format, id: 'sql' },
  ],
}

const changed: BackUpAnswers = {
  database: 'sales_prod',
  content: 'data',
  objects: 'only',
  chosen: ['public.orders', 'old.*'],
  rowless: ['public.log'],
  format: 'directory',
  jobs: 4,
  packing: 'small',
  compression: { name: 'gzip', level: 9 },
  isEncryptionLeftOut: true,
  areRolePasswordsLeftOut: true,
  name: 'v2',
  description: "  Before Ada's update ",
  to: ['one'],
}

describe('the wizard that takes a backup', () => {
  it('asks for what nobody had to answer', () => {
    const request = methods['backups.start'].input.parse(requestOf('id', defaultAnswers, postgresql, []))
    expect(request).toMatchObject({
      database: null,
      to: [],
      format: null,
      content: 'full',
      include: [],
      jobs: 1,
      compression: { name: 'zstd', level: 3 },
      encrypt: 'auto',
      rolePasswords: null,
      name: null,
      description: null,
      trigger: 'manual',
    })
    expect(backUpCommand('sales', defaultAnswers, postgresql, null)).toBe('holdfast backup sales')
  })

  it('asks for what was answered', () => {
    expect(requestOf('id', changed, postgresql, ['d1'])).toEqual({
      connection: 'id',
      database: 'sales_prod',
      to: ['d1'],
      format: 'directory',
      jobs: 4,
      content: 'data',
      include: ['public.orders', 'old.*'],
      exclude: [],
      excludeRows: ['public.log'],
      compression: { name: 'zstd', level: 9 },
      encrypt: 'off',
      rolePasswords: false,
      name: 'v2',
      description: "Before Ada's update",
    })
    expect(backUpCommand('sales', changed, postgresql, ['NAS', 'USB disk'])).toBe(
      String.raw`holdfast backup sales --database sales_prod --to NAS --to 'USB disk' --format directory --jobs 4 --content data --include public.orders --include 'old.*' --exclude-rows public.log --compression small --no-encrypt --no-role-passwords --name v2 --description 'Before Ada'\''s update'`,
    )
  })

  it('asks for nothing that goes without saying, or that can not be', () => {
    const answers: BackUpAnswers = { ...changed, content: 'schema', objects: 'without', packing: 'exact', jobs: 2 }
    expect(requestOf('id', { ...answers, format: 'custom' }, postgresql, [])).toMatchObject({
      format: null,
      jobs: 1,
      include: [],
      exclude: ['public.orders', 'old.*'],
      excludeRows: [],
      compression: { name: 'gzip', level: 9 },
    })
    expect(requestOf('id', { ...answers, content: 'full', rowless: ['public.orders'] }, sqlite, [])).toMatchObject({
      excludeRows: [],
      rolePasswords: null,
    })
  })

  it('takes a format that holds what was chosen', () => {
    const formatOf = (answers: Partial<BackUpAnswers>) => formatFor(sqlite, { ...defaultAnswers, ...answers })?.id
    expect(formatOf({})).toBe('sqlite')
    expect(formatOf({ format: 'sql' })).toBe('sql')
    expect(formatOf({ format: 'sqlite', content: 'schema' })).toBe('sql')
    expect(formatOf({ rowless: ['log'] })).toBe('sql')
    expect(formatOf({ format: 'gone' })).toBe('sqlite')
  })

  it('keeps its answers over a reload', () => {
    expect(BackUpAnswers.parse(JSON.parse(JSON.stringify(changed)))).toEqual(changed)
  })

  it('says what is wrong', () => {
    expect(howProblemOf(defaultAnswers)).toBeNull()
    expect(howProblemOf({ ...defaultAnswers, name: ' x' })).toContain('name')
    expect(howProblemOf({ ...defaultAnswers, description: 'x'.repeat(2001) })).toContain('2,000')
    expect(whatProblemOf({ ...defaultAnswers, objects: 'only' })).toContain('at least one')
    expect(whatProblemOf({ ...changed, objects: 'without' })).toBeNull()
  })

  it('says what history knows, and nothing where it knows nothing', () => {
    expect(estimateText({ plaintextBytes: 9, artifactBytes: 1_500_000, seconds: { low: 120, high: 170 } })).toBe(
      'By the last ones: about 1.50 MB, 2 to 3 min.',
    )
    expect(estimateText({ plaintextBytes: null, artifactBytes: null, seconds: null })).toBeNull()
  })
})
