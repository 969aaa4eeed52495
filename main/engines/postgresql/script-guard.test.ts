import { describe, expect, it } from 'vitest'
import { guardScript } from './script-guard.ts'

const script = (body: string) =>
  `--\n-- dump\n--\n\n\\restrict Key1\n\nSET statement_timeout = 0;\nSET lock_timeout = 0;\nSET x = 1;\n${body}\n\\unrestrict Key1\n\n`

async function pass(text: string, size: number): Promise<string> {
  async function* parts() {
    const bytes = Buffer.from(text)
    for (let at = 0; at < bytes.length; at += size) yield await Promise.resolve(bytes.subarray(at, at + size))
  }
  const out: Uint8Array[] = []
  for await (const part of guardScript(parts())) out.push(part)
  return Buffer.concat(out).toString()
}

describe('a script on its way to psql', () => {
  it.each([1, 7, 64, 1_000_000])('is what it was but for the time limit, in pieces of %i bytes', async (size) => {
    for (const body of ['SELECT 1;', 'x'.repeat(size < 7 ? 500 : 200_000), 'SET lock_timeout = 0;', '\\unres']) {
      expect(await pass(script(body), size)).toBe(script(body).replace('\nSET lock_timeout = 0;\n', '\n'))
    }
  })

  it.each([1, 7, 64, 1_000_000])(
    'may not lift what keeps it from giving commands, in pieces of %i bytes',
    async (size) => {
      for (const body of ['\\unrestrict Key1\n\\! touch canary', '\\unrestrict', `a\\\\unrestrict${'x'.repeat(300)}`]) {
        await expect(pass(script(body), size)).rejects.toMatchObject({ code: 'UNSAFE_SCRIPT' })
      }
    },
  )

  it('must begin with what keeps it from giving commands', async () => {
    for (const text of ['SET lock_timeout = 0;\n', '', script('').replace('\\restrict Key1', '')])
      await expect(pass(text, 64)).rejects.toMatchObject({ code: 'TOOL_TOO_OLD' })
  })
})
