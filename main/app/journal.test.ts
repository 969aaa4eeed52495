import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { appLogPath } from '../jobs/app-log.ts'
import type { Host } from './host.ts'
import { openJournal } from './journal.ts'

let home: string
let said: string[]
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'holdfast-test-journal-'))
  said = []
})
afterEach(() => rmSync(home, { recursive: true, force: true }))

class TestHost implements Host {
  readonly kind = 'cli'
  readonly appVersion = '0.0.0'
  forkJob(): never {
    throw new Error('no job is started here')
  }
  notice(line: string): void {
    said.push(line)
  }
}

it('notices of the host stand in the log, too', () => {
  const { host } = openJournal(home, new TestHost(), (text) => text.replace('hunter2', '***'))
  host.notice('swept hunter2')
  expect(said).toEqual(['swept hunter2'])
  expect(JSON.parse(readFileSync(appLogPath(home), 'utf8'))).toMatchObject({ level: 'warning', message: 'swept ***' })
  expect(host.kind).toBe('cli')
})

it('a log that cannot be written is said once, to the host alone', () => {
  writeFileSync(join(home, 'logs'), 'in the way')
  const { log, host } = openJournal(home, new TestHost(), (text) => text)
  host.notice('one')
  log.write({ level: 'error', component: 'test', message: 'two' })
  expect(said.filter((line) => line.includes('cannot be written'))).toHaveLength(1)
})
