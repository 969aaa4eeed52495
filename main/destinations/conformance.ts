import { createHash, randomBytes } from 'node:crypto'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { AppError } from '../../preload/contract/index.ts'
import type { OpenDestination, StoredObject } from './destination.ts'

/** One empty destination for one test. */
export interface ConformanceSubject {
  readonly destination: OpenDestination
  /** Everything that lies there, partial objects included, read without the destination. */
  rawNames(): Promise<readonly string[]>
  dispose(): Promise<void>
}

const runId = '01JB0000000000000000000001'
const otherRunId = '01JB0000000000000000000002'
const mebibyte = 1024 * 1024

function owned(): void {
  // The job still owns its work.
}

async function* chunks(count: number, chunk: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let index = 0; index < count; index += 1) yield chunk
}

async function put(destination: OpenDestination, name: string, content: Uint8Array): Promise<StoredObject> {
  const writer = await destination.create(name, { runId })
  await pipeline(Readable.from([content]), writer.stream)
  return writer.commit(owned)
}

async function bytesOf(stream: Readable): Promise<Buffer> {
  const parts: Buffer[] = []
  for await (const part of stream) parts.push(part as Buffer)
  return Buffer.concat(parts)
}

async function names(destination: OpenDestination, prefix = ''): Promise<string[]> {
  const found: string[] = []
  for await (const object of destination.list(prefix)) found.push(object.name)
  return found.toSorted()
}

async function codeOf(work: Promise<unknown>): Promise<string> {
  try {
    await work
  } catch (error) {
    return error instanceof AppError ? error.code : `not an AppError: ${String(error)}`
  }
  return 'no error'
}

/** The suite that every kind of destination passes, against the real thing. */
export function describeDestinationConformance(label: string, make: () => Promise<ConformanceSubject>): void {
  describe(`${label}: destination`, () => {
    let subject: ConformanceSubject
    let destination: OpenDestination

    beforeEach(async () => {
      subject = await make()
      destination = subject.destination
    })
    afterEach(() => subject.dispose())

    it('gives back what was written, at once', async () => {
      const content = randomBytes(3 * mebibyte + 17)
      const stored = await put(destination, 'shop/main/one.dump.zst', content)
      expect(stored).toMatchObject({ name: 'shop/main/one.dump.zst', sizeBytes: content.length })
      expect(Math.abs(stored.modifiedAt.getTime() - Date.now())).toBeLessThan(120_000)
      expect((await bytesOf(await destination.read(stored.name))).equals(content)).toBe(true)
      expect(await destination.stat(stored.name)).toEqual(stored)
    })

    it('holds an empty object', async () => {
      expect((await put(destination, 'empty', Buffer.alloc(0))).sizeBytes).toBe(0)
      expect(await bytesOf(await destination.read('empty'))).toHaveLength(0)
    })

    it('reads from a byte on', async () => {
      const content = randomBytes(2 * mebibyte + 5)
      await put(destination, 'part', content)
      for (const start of [0, 1, mebibyte, content.length - 1, content.length]) {
        expect((await bytesOf(await destination.read('part', start))).equals(content.subarray(start))).toBe(true)
      }
    })

    it('never overwrites', async () => {
      await put(destination, 'taken', Buffer.from('first'))
      expect(await codeOf(put(destination, 'taken', Buffer.from('second')))).toBe('ALREADY_EXISTS')
      expect((await bytesOf(await destination.read('taken'))).toString()).toBe('first')
    })

    it('lets one of two writers of the same name win, and leaves nothing of the other', async () => {
      const one = await destination.create('race', { runId })
      const two = await destination.create('race', { runId: otherRunId })
      await pipeline(Readable.from([Buffer.from('one')]), one.stream)
      await pipeline(Readable.from([Buffer.from('two')]), two.stream)
      await two.commit(owned)
      expect(await codeOf(one.commit(owned))).toBe('ALREADY_EXISTS')
      await one.abort()
      expect((await bytesOf(await destination.read('race'))).toString()).toBe('two')
      expect(await subject.rawNames()).toEqual(['race'])
    })

    it('shows nothing before commit', async () => {
      const writer = await destination.create('shop/later', { runId })
      await pipeline(Readable.from([randomBytes(mebibyte)]), writer.stream)
      expect(await names(destination)).toEqual([])
      expect(await destination.stat('shop/later')).toBeNull()
      expect(await codeOf(destination.read('shop/later'))).toBe('ARTIFACT_MISSING')
      await writer.commit(owned)
      expect(await names(destination)).toEqual(['shop/later'])
    })

    it('refuses to publish what has not ended, and publishes nothing when ownership is lost', async () => {
      const writer = await destination.create('half', { runId })
      writer.stream.write(Buffer.from('half'))
      await expect(writer.commit(owned)).rejects.toThrow(AppError)
      await writer.abort()
      const lost = await destination.create('lost', { runId })
      await pipeline(Readable.from([Buffer.from('x')]), lost.stream)
      const commit = lost.commit(() => {
        throw new AppError('OWNERSHIP_LOST', 'Another process took this job over.')
      })
      expect(await codeOf(commit)).toBe('OWNERSHIP_LOST')
      await lost.abort()
      expect(await subject.rawNames()).toEqual([])
    })

    it('leaves nothing behind after abort, at any moment and more than once', async () => {
      const early = await destination.create('a/b/early', { runId })
      await early.abort()
      const midway = await destination.create('a/b/midway', { runId })
      midway.stream.write(randomBytes(mebibyte))
      await Promise.all([midway.abort(), midway.abort()])
      const ended = await destination.create('a/b/ended', { runId })
      await pipeline(Readable.from([randomBytes(100)]), ended.stream)
      await ended.abort()
      await ended.abort()
      expect(await subject.rawNames()).toEqual([])
    })

    it('keeps a published object when abort comes late', async () => {
      const writer = await destination.create('kept', { runId })
      await pipeline(Readable.from([Buffer.from('kept')]), writer.stream)
      await writer.commit(owned)
      await writer.abort()
      expect(await names(destination)).toEqual(['kept'])
    })

    it('lists by prefix', async () => {
      for (const name of ['shop/a', 'shop/deep/b', 'shopping', 'zoo/c']) await put(destination, name, Buffer.from(name))
      expect(await names(destination)).toEqual(['shop/a', 'shop/deep/b', 'shopping', 'zoo/c'])
      expect(await names(destination, 'shop')).toEqual(['shop/a', 'shop/deep/b', 'shopping'])
      expect(await names(destination, 'shop/')).toEqual(['shop/a', 'shop/deep/b'])
      expect(await names(destination, 'none/')).toEqual([])
    })

    it('answers null for what is not there, and says so on reading', async () => {
      await put(destination, 'file', Buffer.from('x'))
      expect(await destination.stat('nothing')).toBeNull()
      expect(await destination.stat('no/such/folder')).toBeNull()
      expect(await codeOf(destination.read('nothing'))).toBe('ARTIFACT_MISSING')
      expect(await codeOf(destination.read('no/such/folder'))).toBe('ARTIFACT_MISSING')
    })

    it('removes, and does not mind when there is nothing to remove', async () => {
      await put(destination, 'gone/soon', Buffer.from('x'))
      await destination.remove('gone/soon')
      await destination.remove('gone/soon')
      await destination.remove('never/was')
      expect(await destination.stat('gone/soon')).toBeNull()
    })

    it.each(['$(x)', '; rm -rf', '-x', '--all', 'a=b', "quote's", 'käse', '😀', 'עברית', 'n\u0303', 'x'.repeat(255)])(
      'keeps the name %j',
      async (name) => {
        await put(destination, `folder/${name}`, Buffer.from(name))
        expect(await names(destination)).toEqual([`folder/${name}`])
        expect((await bytesOf(await destination.read(`folder/${name}`))).toString()).toBe(name)
        expect(await subject.rawNames()).toEqual([`folder/${name}`])
      },
    )

    it.each([
      '',
      '/etc/passwd',
      '../out',
      'a/../../out',
      'a//b',
      './a',
      'a\0b',
      'a\\..\\b',
      'C:\\x',
      'a\nb',
      'CON',
      'nul.txt',
    ])('refuses the name %j', async (name) => {
      const operations = [
        destination.create(name, { runId }),
        destination.read(name),
        destination.stat(name),
        destination.remove(name),
      ]
      for (const operation of operations) expect(await codeOf(operation)).toBe('DESTINATION_FAILED')
      expect(await subject.rawNames()).toEqual([])
    })

    it('moves a large object in bounded memory', async () => {
      const chunk = randomBytes(mebibyte)
      const count = 192
      const expected = createHash('sha256')
      for (let index = 0; index < count; index += 1) expected.update(chunk)
      const before = process.memoryUsage().rss
      const writer = await destination.create('large', { runId })
      await pipeline(Readable.from(chunks(count, chunk)), writer.stream)
      expect((await writer.commit(owned)).sizeBytes).toBe(count * mebibyte)
      const digest = createHash('sha256')
      let peak = 0
      for await (const part of await destination.read('large')) {
        digest.update(part as Buffer)
        peak = Math.max(peak, process.memoryUsage().rss)
      }
      expect(digest.digest('hex')).toBe(expected.digest('hex'))
      expect(peak - before).toBeLessThan(120 * mebibyte)
    })

    it('sweeps the partial objects of the given runs alone', async () => {
      await put(destination, 'shop/whole', Buffer.from('x'))
      const dead = await destination.create('shop/dead', { runId })
      const alive = await destination.create('shop/alive', { runId: otherRunId })
      await pipeline(Readable.from([Buffer.from('dead')]), dead.stream)
      await pipeline(Readable.from([Buffer.from('alive')]), alive.stream)
      expect(await destination.sweep([runId])).toHaveLength(1)
      expect(await destination.sweep([runId])).toHaveLength(0)
      await alive.commit(owned)
      expect(await subject.rawNames()).toEqual(['shop/alive', 'shop/whole'])
      await dead.abort()
    })

    it('tests itself and leaves nothing behind', async () => {
      await destination.test(new AbortController().signal)
      expect(await subject.rawNames()).toEqual([])
      const aborted = AbortSignal.abort(new AppError('CANCELLED', 'The test was cancelled.'))
      expect(await codeOf(destination.test(aborted))).toBe('CANCELLED')
      expect(await subject.rawNames()).toEqual([])
    })

    it('knows its free space, or says that it does not', async () => {
      const free = await destination.freeBytes()
      if (free !== null) expect(free).toBeGreaterThan(0)
    })
  })
}
