import { describe, expect, it } from 'vitest'
import { AppError, type Handlers } from '../../preload/contract/index.ts'
import { createRouter } from './router.ts'

const bugs: unknown[] = []

/** Only what these tests call; anything else would be a bug of the test. */
function routerWith(handlers: Partial<Handlers>) {
  return createRouter(handlers as Handlers, (_method, error) => bugs.push(error))
}

describe('router', () => {
  it.each(['constructor', '__proto__', 'toString', 'backups.nothing', ''])(
    'refuses %j, which is no method',
    async (name) => {
      const answer = await routerWith({})(name, {})
      expect(answer).toMatchObject({ ok: false, error: { code: 'USAGE' } })
    },
  )

  it('names the field that is wrong and does not repeat its value', async () => {
    const answer = await routerWith({})('connections.add', {
      name: 'x',
      engine: 'sqlite',
      profile: {},
      secret: { from: 'value', value: 5 },
    })
    expect(answer).toMatchObject({ ok: false, error: { code: 'USAGE' } })
    expect(JSON.stringify(answer)).toContain('secret')
  })

  it('passes an expected failure on as data, with its remedy', async () => {
    const failing = routerWith({
      'doctor.run': () => Promise.reject(new AppError('LOCKED', 'Another backup runs.', { remedy: 'Wait for it.' })),
    })
    expect(await failing('doctor.run', {})).toEqual({
      ok: false,
      error: {
        code: 'LOCKED',
        message: 'Another backup runs.',
        detail: null,
        remedy: 'Wait for it.',
        retryable: false,
      },
    })
  })

  it('reports a bug and answers INTERNAL when a handler throws something else or answers the wrong shape', async () => {
    bugs.length = 0
    const wrong = routerWith({ 'doctor.run': () => Promise.resolve({ checks: 'none' } as never) })
    expect(await wrong('doctor.run', {})).toMatchObject({ ok: false, error: { code: 'INTERNAL' } })
    expect(bugs).toHaveLength(1)
  })
})
