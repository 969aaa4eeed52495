/**
 * The command line over a fake application, for tests that send signals to a real process. Its job runs until it is
 * cancelled and then cleans up for FAKE_CLEAN_UP_MS, which with FAKE_UNFINISHED counts as hooks that always run. A file FAKE_CLEANED_UP is written when it has.
 */
import { writeFileSync } from 'node:fs'
import { runProcess } from '../process.ts'
import { Unfinished } from '../unfinished.ts'
import { FakeApplication, jobOf, type Answers } from './fake-application.ts'
import { jobId } from './samples.ts'

const cleanUpMs = Number(process.env['FAKE_CLEAN_UP_MS'])
const ended = Promise.withResolvers<void>()
const [startedAt, finishedAt] = ['2026-01-01T10:00:00.000Z', '2026-01-01T10:00:05.000Z']

const answers: Answers = {
  'backups.start': () => ({ jobId }),
  'jobs.wait': async () => {
    // A job process keeps the parent's event loop alive.
    const alive = setInterval(() => undefined, 1000)
    process.stderr.write('running\n')
    await ended.promise
    clearInterval(alive)
    return jobOf({ state: 'cancelled', startedAt, finishedAt })
  },
  'jobs.cancel': () => {
    setTimeout(() => {
      writeFileSync(process.env['FAKE_CLEANED_UP'] ?? '', 'yes')
      ended.resolve()
    }, cleanUpMs)
    return {}
  },
  // A call that is no job, and takes its time.
  'connections.test': async () => {
    process.stderr.write('running\n')
    await new Promise((resolve) => setTimeout(resolve, 60_000))
    throw new Error('It was not interrupted.')
  },
}

const unfinished = new Unfinished()
if (process.env['FAKE_UNFINISHED'] === 'yes') unfinished.begin()
await runProcess(() => () => Promise.resolve(new FakeApplication(answers)), unfinished)
