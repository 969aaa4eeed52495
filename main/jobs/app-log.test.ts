import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { AppLog, appLogPath, logLevelOf, type AppLogOptions } from './app-log.ts'

let home: string
let lost: string[]
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'holdfast-test-log-'))
  lost = []
})
afterEach(() => rmSync(home, { recursive: true, force: true }))

const logOf = (more: Partial<AppLogOptions> = {}) =>
  new AppLog({
    home,
    level: 'info',
    redact: (text) => text.replaceAll('hunter2', '***'),
    onLost: (sentence) => lost.push(sentence),
    ...more,
  })
const lines = () =>
  readFileSync(appLogPath(home), 'utf8')
    .trimEnd()
    .split('\n')
    .map((text) => JSON.parse(text) as Record<string, unknown>)

it('writes lines with time, level, component and ids, redacted, for the owner alone', () => {
  const log = logOf()
  log.write({ level: 'info', component: 'jobs', message: 'hunter2\nsecond', job: 'J', connection: 'C', backup: null })
  log.write({ level: 'debug', component: 'jobs', message: 'too small' })
  log.write({ level: 'error', component: 'router', message: 'bad' })
  expect(lines()).toEqual([
    {
      at: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/) as string,
      level: 'info',
      component: 'jobs',
      message: '***\nsecond',
      job: 'J',
      connection: 'C',
      pid: process.pid,
    },
    expect.objectContaining({ level: 'error', component: 'router' }) as object,
  ])
  expect(statSync(appLogPath(home)).mode & 0o777).toBe(0o600)
  expect(statSync(join(home, 'logs')).mode & 0o777).toBe(0o700)
})

it('is bounded in size and number of files, and keeps the newest lines', () => {
  const log = logOf({ maxBytes: 2_000, maxFiles: 3 })
  for (let number = 0; number < 400; number++) log.write({ level: 'info', component: 't', message: `line ${number}` })
  const files = readdirSync(join(home, 'logs'))
  expect(files.length).toBeLessThanOrEqual(3)
  const kept = files.map((name) => readFileSync(join(home, 'logs', name), 'utf8'))
  expect(Math.max(...kept.map((text) => text.length))).toBeLessThan(2_500)
  expect(kept.join('')).toContain('"line 399"')
  expect(kept.join('')).not.toContain('"line 0"')
})

it('says once that it cannot be written, and throws nothing', () => {
  writeFileSync(join(home, 'logs'), 'a file where the folder should be')
  const log = logOf()
  for (let number = 0; number < 3; number++) log.write({ level: 'error', component: 't', message: 'x' })
  expect(lost).toEqual([expect.stringContaining('cannot be written')])
})

it('knows its levels', () => {
  expect(logLevelOf({})).toBe('info')
  expect(logLevelOf({ HOLDFAST_LOG_LEVEL: 'DEBUG' })).toBe('debug')
  expect(logLevelOf({ HOLDFAST_LOG_LEVEL: 'warn' })).toBe('warning')
  expect(logLevelOf({ HOLDFAST_LOG_LEVEL: 'loud' })).toBeNull()
})
