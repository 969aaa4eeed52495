import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { readChecks, readHooks } from './hook-files.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hf-hook-files-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

function file(content: unknown): string {
  const path = join(folder, 'given.json')
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content))
  return path
}

const hook = { name: 'stop', on: 'backup', phase: 'before', action: { kind: 'command', argv: ['/bin/true'] } }
const check = { name: 'rows', test: { kind: 'query', sql: 'SELECT 1', expected: { kind: 'as-at-backup' } } }

describe('files of hooks and checks', () => {
  it('are lists, with what was left out filled in', () => {
    expect(readHooks(file([hook]))).toEqual([
      { ...hook, action: { ...hook.action, allowedExitCodes: [0] }, timeoutSeconds: 60 },
    ])
    expect(readChecks(file([check]))).toEqual([
      { ...check, test: { ...check.test, account: null }, timeoutSeconds: 60 },
    ])
  })

  it('are removed by the word none', () => {
    expect([readHooks('none'), readChecks('none')]).toEqual([[], []])
  })

  it.each([
    [[hook, { ...hook, timeout: 5 }], 'entry 2 ("stop"): there is no field "timeout".'],
    [[{ ...hook, action: { ...hook.action, shell: true } }], 'entry 1 ("stop"): there is no field "action.shell".'],
    [[{ ...hook, on: 'restores' }], 'entry 1 ("stop"), on: '],
    [[{ ...hook, timeoutSeconds: 0 }], 'entry 1 ("stop"), timeoutSeconds: '],
    [[hook, { ...hook, action: { kind: 'shell', argv: [] } }], 'entry 2 ("stop"), action.kind: '],
    [[{ ...hook, action: { kind: 'command', argv: ['/bin/x', 7] } }], 'entry 1 ("stop"), action.argv[1]: '],
    [
      [{ ...hook, action: { kind: 'command', argv: ['./x'] } }],
      'entry 1 ("stop"), action.argv: must begin with an absolute path',
    ],
    [
      [{ ...hook, action: { kind: 'command', argv: ['x', 'a\0b'] } }],
      'entry 1 ("stop"), action.argv[1]: must not contain a NUL',
    ],
    [
      [{ ...hook, action: { kind: 'url', url: 'https://u:p@h/' } }],
      'action.url: must not contain a user name or password',
    ],
    [[{ ...hook, action: { kind: 'url', url: 'file:///etc/passwd' } }], 'entry 1 ("stop"), action.url: '],
    [['text'], 'entry 1: '],
    [{ hooks: [hook] }, 'a list is needed'],
    ['{ not json', 'is not JSON.'],
    [Array.from({ length: 101 }, () => hook), 'at most 100'],
  ])('name the entry and the field: %j', (content, said) => {
    expect(() => readHooks(file(content))).toThrow(
      expect.objectContaining({ code: 'USAGE', message: expect.stringContaining(said) as unknown }) as Error,
    )
  })

  it('name the field of a check', () => {
    const wrong = { ...check, test: { ...check.test, expected: { kind: 'value', value: 7 } } }
    expect(() => readChecks(file([wrong]))).toThrow('entry 1 ("rows"), test.expected.value: ')
    const more = { ...check, test: { ...check.test, expected: { kind: 'as-at-backup', value: '1' } } }
    expect(() => readChecks(file([more]))).toThrow('entry 1 ("rows"): there is no field "test.expected.value".')
  })

  it('have to be there', () => {
    expect(() => readHooks(join(folder, 'missing.json'))).toThrow('cannot be read')
  })
})
