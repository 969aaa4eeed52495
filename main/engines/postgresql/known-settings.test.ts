import { describe, expect, it } from 'vitest'
import { unknownStatements, unknownStatementWarnings, withoutStatements } from './known-settings.ts'

const statement = 'SET transaction_timeout = 0;'
const head = `--\n-- PostgreSQL database dump\n--\n\n\\restrict Key\n\nSET lock_timeout = 0;\n${statement}\nSET row_security = off;\n`
const body = `CREATE TABLE t (line text);\nCOPY t (line) FROM stdin;\n${statement}\n\\.\n${statement}\n`

async function pass(text: string, size: number): Promise<string> {
  async function* parts() {
    const bytes = Buffer.from(text)
    for (let at = 0; at < bytes.length; at += size) yield await Promise.resolve(bytes.subarray(at, at + size))
  }
  const out: Uint8Array[] = []
  for await (const part of withoutStatements(parts(), unknownStatements(18, 150_000))) out.push(part)
  return Buffer.concat(out).toString()
}

describe('statements that a server does not know', () => {
  it('are those between its version and that of the program', () => {
    expect(unknownStatements(18, 150_014)).toEqual([{ setting: 'transaction_timeout', statement }])
    expect(unknownStatements(16, 150_014)).toEqual([])
    expect(unknownStatements(18, 170_000)).toEqual([])
    expect(unknownStatementWarnings('18.4', 150_014, unknownStatements(18, 150_014))[0]?.message).toContain('15.14')
  })

  it.each([1, 5, 64, 1_000_000])('are left out of the head alone, in pieces of %i bytes', async (size) => {
    expect(await pass(head + body, size)).toBe(head.replace(`${statement}\n`, '') + body)
  })

  it.each([1, 1_000_000])('are nothing but these statements, to the letter, in pieces of %i bytes', async (size) => {
    for (const other of [
      'SET transaction_timeout = 5;',
      `${statement} SELECT 1;`,
      'SET other = 0;',
      ` ${statement}`,
      'é',
    ])
      expect(await pass(`${other}\n${body}`, size)).toBe(`${other}\n${body}`)
  })

  it('are left out where the script ends with them, and a head without an end is handed on', async () => {
    expect(await pass(`SET a = 1;\n${statement}`, 7)).toBe('SET a = 1;\n')
    const endless = `--${'x'.repeat(200_000)}`
    expect(await pass(endless, 1_000)).toBe(endless)
  })
})
