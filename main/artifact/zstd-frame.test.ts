import { constants, zstdCompressSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { sampleBytes } from './artifact.testing.ts'
import { DecodeProblem } from './decode-problem.ts'
import { ZstdFrameScanner } from './zstd-frame.ts'

const params = { [constants.ZSTD_c_checksumFlag]: 1 }
const frame = zstdCompressSync(sampleBytes(300_000), { params })

function scan(bytes: Uint8Array, pieceBytes = bytes.length): void {
  const scanner = new ZstdFrameScanner()
  for (let at = 0; at < bytes.length; at += pieceBytes) scanner.push(bytes.subarray(at, at + pieceBytes))
  scanner.end()
}

describe('ZstdFrameScanner', () => {
  it.each([1, 7, 4096, 1_000_000])('sees the end of a frame in pieces of %i bytes', (pieceBytes) => {
    expect(() => scan(frame, pieceBytes)).not.toThrow()
  })

  it.each([
    ['of nothing', zstdCompressSync(Buffer.alloc(0))],
    ['of one repeated byte', zstdCompressSync(Buffer.alloc(1_000_000, 7))],
    ['of noise', zstdCompressSync(crypto.getRandomValues(new Uint8Array(50_000)))],
    ['without checksum', zstdCompressSync(sampleBytes(1000))],
  ])('takes a frame %s', (_what, bytes) => {
    expect(() => scan(bytes)).not.toThrow()
  })

  it('misses every single byte that is cut off', () => {
    const small = zstdCompressSync(sampleBytes(500), { params })
    for (let length = 0; length < small.length; length++) {
      expect(() => scan(small.subarray(0, length)), `${length} bytes`).toThrow(DecodeProblem)
    }
  })

  it.each([
    ['a second frame', Buffer.concat([frame, frame])],
    ['an empty second frame', Buffer.concat([frame, zstdCompressSync(Buffer.alloc(0))])],
    ['a byte behind the end', Buffer.concat([frame, Buffer.of(0)])],
    ['a skippable frame', Buffer.from('502a4d18040000000000000028b52ffd', 'hex')],
    ['something else', Buffer.from('PK\x03\x04 not zstd')],
  ])('refuses %s', (_what, bytes) => {
    expect(() => scan(bytes)).toThrow(DecodeProblem)
  })

  it('answers random bytes with a typed error or not at all', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 2000 }), fc.boolean(), (bytes, withMagic) => {
        const input = withMagic ? Buffer.concat([Buffer.from('28b52ffd', 'hex'), bytes]) : bytes
        try {
          scan(input, 13)
        } catch (error) {
          expect(error).toBeInstanceOf(DecodeProblem)
        }
      }),
      { numRuns: 500 },
    )
  })
})
