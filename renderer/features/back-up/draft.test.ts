import { describe, expect, it } from 'vitest'
import { methods } from '../../../preload/contract/index.ts'
import { backUpCommand, BackUpAnswers, defaultAnswers, estimateText, problemOf, requestOf } from './draft.ts'

const changed: BackUpAnswers = {
  database: 'sales_prod',
  content: 'schema',
  preset: 'small',
  isEncryptionLeftOut: true,
  name: 'v2',
  description: "  Before Ada's update ",
  to: ['one'],
}

describe('the wizard that takes a backup', () => {
  it('asks for what nobody had to answer', () => {
    const request = methods['backups.start'].input.parse(requestOf('id', defaultAnswers, []))
    expect(request).toMatchObject({
      database: null,
      to: [],
      content: 'full',
      compression: { name: 'zstd', level: 3 },
      encrypt: 'auto',
      name: null,
      description: null,
      trigger: 'manual',
    })
    expect(backUpCommand('sales', defaultAnswers, null)).toBe('holdfast backup sales')
  })

  it('asks for what was answered', () => {
    expect(requestOf('id', changed, ['d1'])).toEqual({
      connection: 'id',
      database: 'sales_prod',
      to: ['d1'],
      content: 'schema',
      compression: { name: 'zstd', level: 19 },
      encrypt: 'off',
      name: 'v2',
      description: "Before Ada's update",
    })
    expect(backUpCommand('sales', changed, ['NAS', 'USB disk'])).toBe(
      String.raw`holdfast backup sales --database sales_prod --to NAS --to 'USB disk' --content schema --compression zstd:19 --no-encrypt --name v2 --description 'Before Ada'\''s update'`,
    )
  })

  it('keeps its answers over a reload', () => {
    expect(BackUpAnswers.parse(JSON.parse(JSON.stringify(changed)))).toEqual(changed)
  })

  it('says what is wrong', () => {
    expect(problemOf(defaultAnswers)).toBeNull()
    expect(problemOf({ ...defaultAnswers, name: ' x' })).toContain('name')
    expect(problemOf({ ...defaultAnswers, description: 'x'.repeat(2001) })).toContain('2,000')
  })

  it('says what history knows, and nothing where it knows nothing', () => {
    expect(estimateText({ plaintextBytes: 9, artifactBytes: 1_500_000, seconds: { low: 120, high: 170 } })).toBe(
      'By the last ones: about 1.50 MB, 2 to 3 min.',
    )
    expect(estimateText({ plaintextBytes: null, artifactBytes: null, seconds: null })).toBeNull()
  })
})
