import { appendFileSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import type { LogLine } from '../../preload/contract/index.ts'
import { JobLog, logPathOf, readJobLog } from './log.ts'

let home: string
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'holdfast-test-log-'))
})
afterEach(() => rmSync(home, { recursive: true, force: true }))

const redact = (text: string) => text.replaceAll('hunter2', '***')

function line(message: string): LogLine {
  return { at: '2026-01-01T00:00:00.000Z', level: 'info', stage: 'dump', message }
}

it('keeps lines in order, redacted, for the owner alone', () => {
  const log = new JobLog({ home, jobId: 'J', redact })
  expect(log.write(line('password hunter2\nsecond line'))).toEqual(line('password ***\nsecond line'))
  log.write(line('two'))
  log.flush()
  expect(readJobLog(home, 'J')).toEqual([line('password ***\nsecond line'), line('two')])
  expect(statSync(logPathOf(home, 'J')).mode & 0o777).toBe(0o600)
  expect(readFileSync(logPathOf(home, 'J'), 'utf8')).not.toContain('hunter2')
})

it('has a bound, and keeps the beginning and the newest', () => {
  const log = new JobLog({ home, jobId: 'J', redact, maxBytes: 50_000 })
  for (let number = 0; number < 5_000; number++) {
    log.write(line(`line ${number}`))
    if (number % 50 === 0) log.flush()
  }
  log.flush()
  expect(statSync(logPathOf(home, 'J')).size).toBeLessThan(60_000)
  const messages = readJobLog(home, 'J').map(({ message }) => message)
  expect(messages[0]).toBe('line 0')
  expect(messages.at(-1)).toBe('line 4999')
  expect(messages.some((message) => message.endsWith('lines were left out here: the log has a bound.'))).toBe(true)
})

it('cuts an endless line', () => {
  const log = new JobLog({ home, jobId: 'J', redact })
  expect(log.write(line('x'.repeat(1_000_000))).message.length).toBeLessThan(20_000)
})

it('leaves out a line that a crash cut, and reads on', () => {
  const log = new JobLog({ home, jobId: 'J', redact })
  log.write(line('one'))
  log.flush()
  appendFileSync(logPathOf(home, 'J'), '{"at":"2026-01-0')
  expect(readJobLog(home, 'J')).toEqual([line('one')])
  expect(readJobLog(home, 'none')).toEqual([])
})

it('that can not be written does not stop the job, and says later how much is lost', () => {
  writeFileSync(join(home, 'logs'), 'a file where the folder should be')
  const log = new JobLog({ home, jobId: 'J', redact })
  log.write(line('lost'))
  log.flush()
  rmSync(join(home, 'logs'))
  log.write(line('kept'))
  log.flush()
  expect(readJobLog(home, 'J').map(({ message }) => message)).toEqual(['1 lines could not be written here.', 'kept'])
})
