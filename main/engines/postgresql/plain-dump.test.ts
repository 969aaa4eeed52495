import type { Writable } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { collectingSink, failingSink } from '../testing/sinks.ts'
import { ScriptEnd } from './plain-dump.ts'

const script =
  '-- PostgreSQL database dump\n\nSELECT 1;\n\n--\n-- PostgreSQL database dump complete\n--\n\n\\unrestrict x\n'

function write(end: Writable, text: string, chunkBytes: number): Promise<void> {
  const bytes = Buffer.from(text)
  for (let at = 0; at < bytes.length; at += chunkBytes) end.write(bytes.subarray(at, at + chunkBytes))
  return new Promise((resolve, reject) => {
    end.once('error', reject)
    end.once('finish', resolve)
    end.end()
  })
}

describe('the end of a script', () => {
  it.each([1, 7, 64, 4096])('is seen in pieces of %i bytes, and every byte is handed on', async (chunkBytes) => {
    const { sink, bytes, isEnded } = collectingSink()
    const end = new ScriptEnd(sink)
    await write(end, 'x'.repeat(3000) + script, chunkBytes)
    expect(Buffer.from(bytes()).toString()).toBe('x'.repeat(3000) + script)
    expect(isEnded()).toBe(true)
    expect(() => end.assertComplete('pg_dump')).not.toThrow()
  })

  it.each([script.slice(0, script.indexOf(' complete')), '', `${script}${'INSERT INTO t VALUES (1);\n'.repeat(50)}`])(
    'is missed where the last line is not there or not the last',
    async (text) => {
      const end = new ScriptEnd(collectingSink().sink)
      await write(end, text, 100)
      expect(() => end.assertComplete('pg_dump')).toThrow('the last line of its script is missing')
    },
  )

  it('fails as its sink fails, and takes it down', async () => {
    const full = new Error('The disk is full.')
    const sink = failingSink(200, full)
    await expect(write(new ScriptEnd(sink), 'x'.repeat(5000), 100)).rejects.toBe(full)
    const { sink: other } = collectingSink()
    other.on('error', () => undefined)
    const end = new ScriptEnd(other)
    end.on('error', () => undefined)
    end.destroy(full)
    await new Promise((resolve) => other.once('close', resolve))
    expect(other.destroyed).toBe(true)
  })
})
