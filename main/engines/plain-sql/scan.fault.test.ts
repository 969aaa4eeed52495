import { describe, expect, it } from 'vitest'
import { scanScript, type ScanOptions, type ScriptReport } from './scan.ts'

async function* pieces(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield await Promise.resolve(bytes.subarray(at, at + size))
}

/** Scans a text in pieces of 64 KiB. */
async function scan(sql: string | Uint8Array, options: ScanOptions = {}, size = 65_536): Promise<ScriptReport> {
  return scanScript(pieces(Buffer.from(sql as string), size), options)
}

const copy = 'COPY public.t (a, b) FROM stdin;\n1\t\\\\! touch canary\n\\\\! touch canary\tb\n\\.\n'

describe('a scan of what was made to break it', () => {
  it('reads a line of 50 MB in bounded memory', async () => {
    const part = Buffer.alloc(1024 * 1024, "x\\! 'y' ")
    async function* endless(): AsyncGenerator<Uint8Array> {
      yield await Promise.resolve(Buffer.from('SELECT $x$'))
      for (let count = 0; count < 50; count += 1) yield part
      yield Buffer.from('$x$;\n\\! touch canary\nSELECT $$')
      for (let count = 0; count < 50; count += 1) yield Buffer.from(part)
    }
    const before = process.memoryUsage().rss
    const { findings } = await scanScript(endless())
    expect(findings.map(({ code, message }) => `${code} ${message.split(':')[0] ?? ''}`)).toEqual([
      'CLIENT_COMMAND Line 2',
      'TRUNCATED Line 3',
      'TRUNCATED Line 3',
    ])
    expect(process.memoryUsage().rss - before).toBeLessThan(150 * 1024 * 1024)
  })

  it.each(['-- x\n\\! y\n', "E'\\'", '/*/', '$a', '\\.\n', '\n\\.x', "''", '"', 'a.b(', ';'])(
    'takes no time that grows with the square of the length: %j',
    async (part) => {
      const started = performance.now()
      await scan(part.repeat(3_000_000 / part.length))
      await scan(`COPY t FROM stdin;\n${part.repeat(3_000_000 / part.length)}`)
      expect(performance.now() - started).toBeLessThan(20_000)
    },
  )

  it('ends with findings or a typed error, whatever it reads', async () => {
    const seed = Buffer.from(
      `${copy}SELECT E'a\\'', $x$ y $x$; /* -- */ \\! z\nCREATE FUNCTION f() BEGIN ATOMIC END;\n`,
    )
    let state = 42
    const random = (below: number) => {
      state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0
      return (state >>> 8) % below
    }
    for (let round = 0; round < 3_000; round += 1) {
      const bytes = round % 4 === 0 ? Buffer.from(Array.from({ length: 300 }, () => random(256))) : Buffer.from(seed)
      for (let change = 0; change < 1 + random(6); change += 1) {
        bytes[random(bytes.length)] = round % 2 === 0 ? random(256) : (seed[random(seed.length)] ?? 0)
      }
      const cut = bytes.subarray(0, random(4) === 0 ? random(bytes.length) : bytes.length)
      const whole = await scan(cut)
      expect(await scan(cut, {}, 1 + random(9))).toEqual(whole)
    }
  })
})
