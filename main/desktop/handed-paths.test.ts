import { expect, it } from 'vitest'
import type { PickRequest } from '../../preload/contract/index.ts'
import { FakeApplication } from '../cli/testing/fake-application.ts'
import { HandedPaths } from './handed-paths.ts'

it('answers one request with the file, and none afterwards', async () => {
  const handed = new HandedPaths()
  const asked: PickRequest[] = []
  const application = new FakeApplication({
    'paths.pick': ({ purpose, title }) => {
      const request = { purpose, title, suggestedName: null }
      asked.push(request)
      const path = handed.answerTo(request)
      return path === null ? null : { picked: 'p1', path }
    },
  })
  const answer = await handed.handOver(application, '/srv/shop.dump')
  expect(answer).toEqual({ ok: true, data: { picked: 'p1', path: '/srv/shop.dump' } })
  expect(asked.map((request) => handed.answerTo(request))).toEqual([null])
})
