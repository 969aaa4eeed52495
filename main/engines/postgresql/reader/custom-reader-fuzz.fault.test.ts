import { describe, expect, it } from 'vitest'
import { AppError } from '../../../../preload/contract/index.ts'
import { fixture, readArchive, testKey } from './testing/read-archive.ts'

const timeMs = process.env['HOLDFAST_LONG'] === '1' ? 120_000 : 1_200
const codes = ['DUMP_INCOMPLETE', 'FORMAT_INVALID', 'TOO_LARGE', 'UNSUPPORTED']

/** xorshift32: the same numbers in each run. */
function numbers(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return (state >>> 0) % below
  }
}

/** Throws where the reader answers with anything but contents or a typed error. */
async function survive(archive: Uint8Array, isFingerprinted: boolean): Promise<void> {
  try {
    await readArchive(archive, { key: isFingerprinted ? testKey : null, pieceBytes: 4096 })
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    expect(codes).toContain(error.code)
  }
}

async function forAWhile(step: (round: number) => Promise<void>): Promise<number> {
  const before = process.memoryUsage().rss
  const end = performance.now() + timeMs
  let round = 0
  while (performance.now() < end) await step((round += 1))
  return process.memoryUsage().rss - before
}

describe('the reader gives a typed error and takes little memory', () => {
  it('for every flipped bit', async () => {
    const dump = fixture(18)
    const next = numbers(7)
    const grown = await forAWhile(async () => {
      const flipped = Buffer.from(dump)
      const at = next(dump.length)
      flipped[at] = (flipped[at] ?? 0) ^ (1 << next(8))
      await survive(flipped, next(2) === 0)
    })
    expect(grown).toBeLessThan(300_000_000)
  })

  it('for mutated archives: bytes changed, cut out, doubled, put elsewhere', async () => {
    const next = numbers(11)
    const dumps = [fixture(15), fixture(16), fixture(18)]
    const grown = await forAWhile(async () => {
      let archive = Buffer.from(dumps[next(3)] ?? '')
      for (let change = next(6); change >= 0; change -= 1) {
        const from = next(archive.length)
        const to = Math.min(archive.length, from + next(64))
        const piece = archive.subarray(from, to)
        const parts = [
          [archive.subarray(0, from), archive.subarray(to)],
          [archive.subarray(0, to), piece, archive.subarray(to)],
          [archive.subarray(0, from), Buffer.from(piece).fill(next(256)), archive.subarray(to)],
          [archive.subarray(0, from), dumps[next(3)]?.subarray(from, from + 200) ?? piece, archive.subarray(to)],
        ][next(4)]
        archive = Buffer.concat(parts ?? [archive])
      }
      await survive(archive, next(2) === 0)
    })
    expect(grown).toBeLessThan(300_000_000)
  })

  it('for random bytes behind a good beginning', async () => {
    const next = numbers(13)
    const dump = fixture(16)
    const grown = await forAWhile(async () => {
      const tail = Buffer.from(Array.from({ length: next(2000) }, () => (next(3) === 0 ? 0 : next(256))))
      await survive(Buffer.concat([dump.subarray(0, next(dump.length)), tail]), next(2) === 0)
    })
    expect(grown).toBeLessThan(300_000_000)
  })
})

it('the reader refuses a dump that was cut off, at whichever byte', async () => {
  const dump = fixture(18)
  for (let length = 0; length < dump.length; length += 1) {
    await expect(readArchive(dump.subarray(0, length), { key: null })).rejects.toMatchObject({
      code: 'DUMP_INCOMPLETE',
    })
  }
})
