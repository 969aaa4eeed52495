import { describe, expect, it } from 'vitest'
import { ConnectionId, type Connection, type Environment } from '../../../preload/contract/index.ts'
import { problemOf, scratchOptions, validateCommand, validateRequest } from './run-options.ts'

function connection(letter: string, environment: Environment, engine: Connection['engine'] = 'postgresql'): Connection {
  return {
    id: ConnectionId.parse(`01ARZ3NDEKTSV4RRFFQ69G5FA${letter}`),
    name: `server ${letter}`,
    engine,
    environment,
    profile: {},
    secret: { from: 'none' },
    goalHours: 24,
    hooks: [],
    checks: [],
    createdAt: '2026-11-21T12:00:00.000Z',
  }
}

const production = connection('A', 'production')
const staging = connection('B', 'staging')
const file = connection('C', 'development', 'sqlite')
const connections = [production, staging, file]
const question = { engine: 'postgresql', connections, platform: 'linux' } as const

describe('where a restore test runs', () => {
  it('is nowhere in particular for a database that is a file', () => {
    expect(scratchOptions({ ...question, engine: 'sqlite', ownId: file.id })).toEqual([])
  })

  it('is its own server where that is not production', () => {
    const [first, ...others] = scratchOptions({ ...question, ownId: staging.id })
    expect(first).toMatchObject({ value: null, isProduction: false, cliName: null })
    expect(others.map(({ value }) => value)).toEqual(['local-cluster', production.id])
  })

  it('is never proposed to be a production server', () => {
    const options = scratchOptions({ ...question, ownId: production.id })
    expect(options.map(({ value }) => value)).toEqual(['local-cluster', staging.id, production.id])
    const onWindows = scratchOptions({ ...question, ownId: production.id, platform: 'win32' })
    expect(onWindows.map(({ value }) => value)).toEqual([staging.id, production.id])
  })

  it('needs a written reason on a production server, which is named', () => {
    const own = scratchOptions({ ...question, ownId: production.id }).at(-1) ?? null
    expect(own).toMatchObject({ value: production.id, isProduction: true })
    expect(problemOf('restore', own, '  ')).not.toBeNull()
    expect(problemOf('restore', own, 'agreed with Ada')).toBeNull()
    expect(problemOf('checksum', own, '')).toBeNull()
    expect(validateRequest('b', 'restore', own, ' agreed ')).toEqual({
      backup: 'b',
      level: 'restore',
      scratch: production.id,
      consent: 'agreed',
    })
    expect(validateCommand('b', 'restore', own, 'agreed')).toBe(
      "holdfast validate b --level restore --scratch 'server A' --consent agreed",
    )
  })

  it('sends no consent and no place where none is needed', () => {
    const [own = null] = scratchOptions({ ...question, ownId: staging.id })
    expect(validateRequest('b', 'restore', own, 'left over')).toEqual({
      backup: 'b',
      level: 'restore',
      scratch: null,
      consent: null,
    })
    expect(validateRequest('b', 'checksum', own, '')).toMatchObject({ scratch: null, consent: null })
    expect(validateCommand('b', 'checksum', own, '')).toBe('holdfast validate b --level checksum')
  })
})
