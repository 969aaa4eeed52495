import { describe, expect, it } from 'vitest'
import { hasPasswordFlag, splitArguments } from './argv.ts'
import { age, compression, condition, port, positiveInteger } from './options.ts'

describe('splitArguments', () => {
  it.each([
    ['pass show shop', ['pass', 'show', 'shop']],
    ['  sh -c \'echo "$A" | cat\'  ', ['sh', '-c', 'echo "$A" | cat']],
    ['"/opt/my tool/x" --name="a b" c\\ d', ['/opt/my tool/x', '--name=a b', 'c d']],
    [String.raw`print "a \"quoted\" word" ''`, ['print', 'a "quoted" word', '']],
    ['echo $(rm -rf /) ; ls', ['echo', '$(rm', '-rf', '/)', ';', 'ls']],
  ])('splits %s', (command, words) => {
    expect(splitArguments(command)).toEqual(words)
  })

  it.each(['', '   ', "pass 'show", 'pass "show', 'pass show\\'])('refuses %j', (command) => {
    expect(() => splitArguments(command)).toThrow(expect.objectContaining({ code: 'USAGE' }))
  })
})

describe('hasPasswordFlag', () => {
  it('sees the flag with and without a value', () => {
    expect(hasPasswordFlag(['connection', 'add', '--password', 'x'])).toBe(true)
    expect(hasPasswordFlag(['connection', 'add', '--password=x'])).toBe(true)
  })
  it('leaves its relatives and arguments alone', () => {
    expect(hasPasswordFlag(['--password-file', 'f', '--no-password', '--', '--password'])).toBe(false)
  })
})

describe('age', () => {
  it.each([
    ['90d', 90 * 86_400_000],
    ['12h', 43_200_000],
    ['8w', 56 * 86_400_000],
    ['30m', 1_800_000],
  ])('reads %s', (text, ms) => expect(age(text)).toBe(ms))
  it.each(['90', 'd', '0d', '-1d', '1.5d', '90D', '90 d', '999999999w', ''])('refuses %j', (text) => {
    expect(() => age(text)).toThrow(/length of time/)
  })
})

describe('condition', () => {
  it.each([
    ['status=open', { column: 'status', value: 'open' }],
    ['formula=a=b', { column: 'formula', value: 'a=b' }],
    ['note=', { column: 'note', value: '' }],
    [String.raw`note=\N`, { column: 'note', value: null }],
    [String.raw`note=\\N`, { column: 'note', value: String.raw`\N` }],
    [String.raw`note=\\\N`, { column: 'note', value: String.raw`\\N` }],
    ['"a=b"=c', { column: 'a=b', value: 'c' }],
    ['"say ""x"""=c', { column: 'say "x"', value: 'c' }],
    ['text=two\nlines', { column: 'text', value: 'two\nlines' }],
  ])('reads %j', (text, expected) => {
    expect(condition(text, undefined)).toEqual([expected])
  })

  it('adds to those before', () => {
    expect(condition('b=2', condition('a=1', undefined))).toHaveLength(2)
  })

  it.each(['status', '=x', ''])('refuses %j', (text) => {
    expect(() => condition(text, undefined)).toThrow('column=value')
  })
})

describe('compression', () => {
  it.each([
    ['zstd', { name: 'zstd', level: 3 }],
    ['zstd:19', { name: 'zstd', level: 19 }],
    ['gzip', { name: 'gzip', level: 6 }],
    ['none', { name: 'none', level: null }],
    ['fast', { name: 'zstd', level: 1 }],
    ['normal', { name: 'zstd', level: 3 }],
    ['small', { name: 'zstd', level: 9 }],
  ])('reads %s', (text, expected) => {
    expect(compression(text)).toEqual(expected)
  })
  it.each(['zstd:0', 'zstd:20', 'gzip:10', 'none:1', 'lz4', 'fast:3', ''])('refuses %j', (text) => {
    expect(() => compression(text)).toThrow(/levels from 1|Use zstd/)
  })
})

describe('numbers', () => {
  it('are whole and in range', () => {
    expect([positiveInteger('7'), port('5432')]).toEqual([7, 5432])
    for (const wrong of ['0', '-1', '1.5', 'x', '', '99999999999999999999']) {
      expect(() => positiveInteger(wrong)).toThrow('whole number')
      expect(() => port(wrong)).toThrow('1 to 65535')
    }
  })
})
