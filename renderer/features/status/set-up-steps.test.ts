import { expect, it } from 'vitest'
import type { Connection, Destination, StatusReport } from '../../../preload/contract/index.ts'
import { setUpOf } from './set-up-steps.ts'

const key = { fingerprint: null, recipient: null, isKitVerified: false }
const connections = [{ id: 'c1', name: 'shop' }] as unknown as Connection[]
const destinations = [{ id: 'd1' }] as unknown as Destination[]

function status(...databases: readonly { lastGood: string | null; lastProven: string | null }[]): StatusReport {
  return { databases } as unknown as StatusReport
}

it('leads from nothing to a proof, and to the key after it', () => {
  const empty = { status: status(), connections: [], destinations: [], key }
  expect(setUpOf(empty).next).toBe('connection')
  const registered = { ...empty, connections, status: status({ lastGood: null, lastProven: null }) }
  expect(setUpOf(registered)).toMatchObject({ next: 'destination', connection: 'c1', backup: null })
  const backedUp = { ...registered, destinations, status: status({ lastGood: 'b1', lastProven: null }) }
  expect(setUpOf(backedUp)).toMatchObject({ next: 'proof', backup: 'b1' })
  const proven = { ...backedUp, status: status({ lastGood: 'b1', lastProven: 'b1' }) }
  expect(setUpOf(proven).next).toBe('key')
  expect(setUpOf({ ...proven, key: { ...key, isKitVerified: true } }).next).toBeNull()
})
