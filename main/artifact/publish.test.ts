import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { AppError } from '../../preload/contract/index.ts'
import { MemoryStore, sampleBytes } from './artifact.testing.ts'
import { publishCopies, type CopyToPublish, type PublishRequest } from './publish.ts'

const bytes = sampleBytes(10_000)
const manifest = Buffer.from('{"manifest":true}')

async function setUp(names: readonly string[] = ['one']) {
  const stores = names.map(() => new MemoryStore())
  const copies: CopyToPublish[] = []
  for (const [index, store] of stores.entries()) {
    const writer = await store.create('a/b.dump')
    await new Promise<void>((resolve) => writer.stream.end(bytes, resolve))
    copies.push({ destination: names[index] ?? '', store, writer, isLocal: true })
  }
  const cancel = new AbortController()
  const request: PublishRequest = {
    name: 'a/b.dump',
    artifactBytes: bytes.length,
    artifactSha256: createHash('sha256').update(bytes).digest('hex'),
    manifest,
    copies,
    runId: 'run',
    assertOwner: () => undefined,
    signal: cancel.signal,
  }
  const [store] = stores
  if (store === undefined) throw new Error('no store')
  return { stores, store, request, cancel }
}

const isEmpty = (store: MemoryStore) => store.objects.size === 0 && store.partials.size === 0

describe('publishCopies', () => {
  it('publishes the artifact, and its manifest last', async () => {
    const { store, request } = await setUp()
    const order: string[] = []
    store.onCommit = (name) => order.push(name)
    const copies = await publishCopies(request)
    expect(copies).toEqual([{ destination: 'one', location: 'memory:a/b.dump', state: 'stored', error: null }])
    expect(order).toEqual(['a/b.dump', 'a/b.dump.manifest.json'])
    expect(store.objects.get('a/b.dump.manifest.json')?.equals(manifest)).toBe(true)
    expect(store.partials.size).toBe(0)
  })

  it.each([
    [
      'the artifact cannot be committed',
      (store: MemoryStore) => {
        store.onCommit = () => {
          throw new AppError('NO_SPACE', 'Full.')
        }
      },
      'NO_SPACE',
    ],
    [
      'the manifest cannot be written',
      (store: MemoryStore) => {
        store.onWrite = (name) => {
          if (name.endsWith('.json')) throw new AppError('NO_SPACE', 'Full.')
        }
      },
      'NO_SPACE',
    ],
    [
      'the manifest cannot be committed',
      (store: MemoryStore) => {
        store.onCommit = (name) => {
          if (name.endsWith('.json')) throw new AppError('DESTINATION_UNAVAILABLE', 'Gone.')
        }
      },
      'DESTINATION_UNAVAILABLE',
    ],
    [
      'the destination shows another size',
      (store: MemoryStore) => {
        store.stat = (name) => Promise.resolve({ name, sizeBytes: 9999 })
      },
      'DESTINATION_FAILED',
    ],
    [
      'the destination shows nothing',
      (store: MemoryStore) => {
        store.stat = () => Promise.resolve(null)
      },
      'DESTINATION_FAILED',
    ],
    [
      'the destination gives back other bytes',
      (store: MemoryStore) => {
        const { read } = store
        store.read = (name) => {
          const stored = store.objects.get(name)
          if (stored !== undefined) stored[100] = 0
          return read.call(store, name)
        }
      },
      'DESTINATION_FAILED',
    ],
  ])('leaves neither artifact nor manifest when %s', async (_what, spoil, code) => {
    const { stores, store, request } = await setUp(['bad', 'good'])
    spoil(store)
    const copies = await publishCopies(request)
    expect(copies.map(({ state }) => state)).toEqual(['failed', 'stored'])
    expect(copies[0]?.error?.code).toBe(code)
    expect(isEmpty(store)).toBe(true)
    expect(stores[1]?.objects.size).toBe(2)
  })

  it('does not remove an artifact of somebody else that has the name', async () => {
    const { store, request } = await setUp()
    store.objects.set('a/b.dump', Buffer.from('theirs'))
    const [copy] = await publishCopies(request)
    expect(copy?.error?.code).toBe('ALREADY_EXISTS')
    expect(store.objects.get('a/b.dump')?.toString()).toBe('theirs')
  })

  it('touches nothing more once another process took over', async () => {
    const { store, request } = await setUp()
    let isOwner = true
    store.onCommit = () => {
      isOwner = false
    }
    const assertOwner = () => {
      if (!isOwner) throw new AppError('OWNERSHIP_LOST', 'Taken over.')
    }
    await expect(publishCopies({ ...request, assertOwner })).rejects.toMatchObject({ code: 'OWNERSHIP_LOST' })
    expect([...store.objects.keys()]).toEqual(['a/b.dump'])
  })

  it('takes back what it published when it is cancelled', async () => {
    const { store, request, cancel } = await setUp()
    store.onCommit = () => cancel.abort(new AppError('CANCELLED', 'Cancelled.'))
    await expect(publishCopies(request)).rejects.toMatchObject({ code: 'CANCELLED' })
    expect(isEmpty(store)).toBe(true)
  })

  it('names what it could not take back', async () => {
    const { store, request } = await setUp()
    store.stat = () => Promise.resolve(null)
    store.remove = () => Promise.reject(new AppError('DESTINATION_READ_ONLY', 'It is read-only.'))
    const [copy] = await publishCopies(request)
    expect(copy?.error?.detail).toContain('memory:a/b.dump: It is read-only.')
  })
})
