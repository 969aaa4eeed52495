import { expect, it } from 'vitest'
import { confirmPresence } from './presence.ts'
import { FakeElectron } from './testing/fake-electron.ts'

it('asks where there is Touch ID, and says what was answered', async () => {
  const electron = new FakeElectron()
  electron.finger = 'accepted'
  expect(await confirmPresence(electron.api, 'restore over shop')).toBe('confirmed')
  electron.finger = 'refused'
  expect(await confirmPresence(electron.api, 'restore over shop')).toBe('refused')
  expect(electron.fingerReasons).toEqual(['restore over shop', 'restore over shop'])
})

it('does not ask where there is none', async () => {
  const electron = new FakeElectron()
  electron.finger = 'no-sensor'
  expect(await confirmPresence(electron.api, 'restore over shop')).toBe('not-asked')
  electron.finger = 'not-macos'
  expect(await confirmPresence(electron.api, 'restore over shop')).toBe('not-asked')
  expect(electron.fingerReasons).toEqual([])
})
