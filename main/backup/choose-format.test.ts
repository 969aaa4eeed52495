import { describe, expect, it } from 'vitest'
import { BackupRequest } from '../../preload/contract/index.ts'
import { postgresqlEngine } from '../engines/postgresql/postgresql-engine.ts'
import type { OpenConnection } from '../workbench/workbench.ts'
import { chooseFormat } from './choose-format.ts'
import type { BackupWork } from './request.ts'

function chosen(request: Partial<BackupRequest>): string {
  const work = { request: { ...BackupRequest.parse({ connection: 'shop' }), ...request } } as BackupWork
  return chooseFormat({ engine: postgresqlEngine } as unknown as OpenConnection, work).id
}

describe('the format of a backup', () => {
  it('is the recommended one unless another is asked for', () => {
    expect(chosen({})).toBe('custom')
    expect(chosen({ format: 'directory' })).toBe('directory')
    expect(() => chosen({ format: 'other' })).toThrow('no format "other"')
  })

  it('has to be one that several workers can write, where they are asked for', () => {
    expect(chosen({ format: 'directory', jobs: 4 })).toBe('directory')
    expect(() => chosen({ jobs: 4 })).toThrow(
      expect.objectContaining({ code: 'USAGE', remedy: expect.stringContaining('--format directory') as string }),
    )
  })
})
