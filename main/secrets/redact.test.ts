import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createRedactor, stripControls } from './redact.ts'

const secret = 'cAnary\'s "pä:ss\\word@1/2?'

function redactor(...secrets: readonly string[]) {
  const made = createRedactor()
  for (const each of secrets) made.register(each)
  return made
}

describe('registered secrets', () => {
  it.each([
    ['as they are', secret],
    ['in a URL', `postgresql://u:${encodeURIComponent(secret)}@h/db`],
    ['in a form', new URLSearchParams({ p: secret }).toString()],
    ['in JSON', JSON.stringify({ a: secret })],
    ['in a connection string', `host=h x='${secret.replace(/[\\']/g, '\\$&')}'`],
    ['in SQL', `ALTER ROLE u PASS '${secret.replaceAll("'", "''")}'`],
    ['in a shell', `echo '${secret.replaceAll("'", `'\\''`)}'`],
    ['in a password file', `h:5432:db:u:${secret.replace(/[:\\]/g, '\\$&')}`],
    ['in base64', Buffer.from(secret).toString('base64')],
    ['in hexadecimal', Buffer.from(secret).toString('hex')],
    ['cut by colours', secret.replace('word', '\u001b[31mword\u001b[0m')],
    ['with a zero byte in it', secret.replace('word', 'wo\u0000rd')],
  ])('are masked %s', (_where, text) => {
    const result = redactor(secret).redact(`before ${text} after`)
    expect(result).toContain('[redacted]')
    for (const part of ['cAnary', 'word', Buffer.from(secret).toString('base64').slice(4, 20)])
      expect(result).not.toContain(part)
    expect(result).toMatch(/^before .*after$/s)
  })

  it('are masked wherever they stand', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc
            .string({ minLength: 4, maxLength: 20, unit: 'grapheme' })
            .filter((text) => text.trim().length >= 4 && !text.includes('[') && !text.includes(']')),
          { minLength: 1, maxLength: 4 },
        ),
        fc.array(fc.string({ unit: 'grapheme' }), { maxLength: 4 }),
        (secrets, between) => {
          const text = secrets.map((each, index) => `${between[index] ?? ' '}${each}`).join('')
          const result = redactor(...secrets)
            .redact(text)
            .replaceAll('[redacted]', '\n')
          for (const each of secrets) expect(result).not.toContain(each)
        },
      ),
      { numRuns: 300 },
    )
  })

  it('that are short are masked where they stand alone', () => {
    expect(redactor('a1').redact('a1 banana1 x=a1;')).toBe('[redacted] banana1 x=[redacted];')
  })

  it('of several lines are masked line by line', () => {
    const result = redactor('first-line-of-it\nsecond-line-of-it').redact('> second-line-of-it')
    expect(result).toBe('> [redacted]')
  })

  it('leave everything else alone', () => {
    const text = 'pg_dump: dumping contents of table "public.orders" (12 rows) at 12:00, done.\n'
    expect(redactor(secret).redact(text)).toBe(text)
    expect(createRedactor().redact(text)).toBe(text)
  })

  it('that are empty or absent change nothing', () => {
    const made = redactor('')
    made.register(null)
    expect(made.redact('abc')).toBe('abc')
  })
})

describe('what looks like a secret', () => {
  it.each([
    ['postgresql://shop:hunter2@db.example/orders', 'hunter2', 'postgresql://shop:[redacted]@db.example/orders'],
    ['mongodb+srv://u:p@ss@cluster/x', 'p@ss', 'mongodb+srv://u:[redacted]@cluster/x'],
    ['host=h password=hunter2 user=u', 'hunter2', 'host=h password=[redacted] user=u'],
    ["password='hun ter2' user=u", 'ter2', 'password=[redacted] user=u'],
    ["password = 'it''s hunter2'", 'hunter2', 'password = [redacted]'],
    ['{"password":"hun\\"ter2","a":1}', 'ter2', '{"password":[redacted],"a":1}'],
    ['PGPASSWORD=hunter2 pg_dump', 'hunter2', 'PGPASSWORD=[redacted] pg_dump'],
    ['--password=hunter2', 'hunter2', '--password=[redacted]'],
    ['aws_secret_access_key=abc/def+1', 'abc', 'aws_secret_access_key=[redacted]'],
    ['key AGE-SECRET-KEY-1QQQQQ and more', 'QQQQQ', 'key [redacted] and more'],
  ])('in %j is masked', (text, hidden, expected) => {
    const result = createRedactor().redact(text)
    expect(result).not.toContain(hidden)
    expect(result).toBe(expected)
  })

  it('is found in bounded time', () => {
    const start = performance.now()
    for (const text of [
      'password='.repeat(20_000),
      'a'.repeat(300_000),
      'x://'.repeat(50_000),
      `'${'\\'.repeat(200_000)}`,
      '\u001b]'.repeat(50_000),
    ]) {
      createRedactor().redact(text)
    }
    expect(performance.now() - start).toBeLessThan(10_000)
  })
})

describe('stripControls', () => {
  it.each([
    ['\u001b[1;31mred\u001b[0m', 'red'],
    ['\u001b]0;title\u0007text', 'text'],
    ['\u001b]8;;http://evil\u001b\\link\u001b]8;;\u001b\\', 'link'],
    ['\u009b31mred', 'red'],
    ['a\rb\r\nc', 'a\nb\nc'],
    ['tab\tnewline\n', 'tab\tnewline\n'],
    ['\u202Egnp.exe', 'gnp.exe'],
    ['bell\u0007 back\b', 'bell back'],
  ])('of %j is %j', (text, expected) => {
    expect(stripControls(text)).toBe(expected)
  })

  it('leaves no control character', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        // eslint-disable-next-line no-control-regex -- control characters are what is looked for
        expect(stripControls(text)).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/)
      }),
      { numRuns: 200 },
    )
  })
})

describe('lines', () => {
  it('are redacted however the text was cut', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1 }), (cuts) => {
        const text = `one canary-secret\ntwo\ncanary-secret three`
        const lines: string[] = []
        const made = redactor('canary-secret').lines((line) => lines.push(line))
        for (let at = 0, index = 0; at < text.length; index++) {
          const length = cuts[index % cuts.length] ?? 1
          made.write(text.slice(at, at + length))
          at += length
        }
        made.end()
        expect(lines).toEqual(['one [redacted]', 'two', '[redacted] three'])
      }),
    )
  })

  it('that never end are bounded, and no secret is cut in two', () => {
    const lines: string[] = []
    const made = redactor('canary-secret').lines((line) => lines.push(line))
    for (let index = 0; index < 1000; index++) made.write(`${'x'.repeat(997)}canary-secret`)
    made.write('\nnext\n')
    made.end()
    expect(lines).toHaveLength(2)
    expect(lines[0]?.length).toBeLessThan(70_000)
    expect(lines[0]).not.toContain('canary')
    expect(lines[1]).toBe('next')
  })
})
