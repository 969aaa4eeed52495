import { Writable } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { csv } from './commands/rows.ts'
import { runCli } from './run.ts'
import { FakeApplication, jobOf, jobSucceeding, succeeded, type Answers } from './testing/fake-application.ts'
import { collector, runCommand } from './testing/run-command.ts'
import { jobId } from './testing/samples.ts'

describe('csv', () => {
  it('tells NULL from empty text, and quotes what has to be', () => {
    const rows = [
      ['plain', null, ''],
      ['a,b', 'say "x"', 'two\nlines'],
      [' ', '\\N', 'é'],
    ]
    expect(csv(rows)).toBe('plain,,""\n"a,b","say ""x""","two\nlines"\n ,\\N,é\n')
    expect(csv([])).toBe('')
    expect(csv([['one']])).toBe('one\n')
  })
})

/** An application that sends `batches` when rows are asked for, and waits for the listener as the real one does. */
function sending(batches: readonly (readonly (string | null)[])[][], sent: number[] = []): FakeApplication {
  let streamId: string | null = null
  const answers: Answers = {
    'backups.rows': (input) => {
      streamId = input.streamId ?? null
      return { jobId }
    },
    'jobs.cancel': () => ({}),
    'jobs.wait': async () => {
      for (const [index, rows] of batches.entries()) {
        if (application.calls.some(({ method }) => method === 'jobs.cancel')) {
          const [startedAt, finishedAt] = ['2026-01-01T10:00:00.000Z', '2026-01-01T10:00:05.000Z']
          return jobOf({ state: 'cancelled', startedAt, finishedAt })
        }
        await application.emit('rows.batch', { streamId: 'another', columns: ['x'], rows: [['not ours']] })
        const ours = rows.map((row) => [...row])
        await application.emit('rows.batch', { streamId: streamId ?? '', columns: ['id', 'name'], rows: ours })
        sent.push(index)
      }
      return jobOf(succeeded({ columns: ['id', 'name'], rows: [], more: false }))
    },
  }
  const application = new FakeApplication(answers)
  return application
}

describe('rows', () => {
  it('streams batch after batch as CSV, all rows unless there is a limit', async () => {
    const application = sending([
      [['1', 'a']],
      [
        ['2', null],
        ['3', ''],
      ],
    ])
    const finished = await runCommand(['rows', 'b', 't'], {}, { application })
    expect(finished.stdout).toBe('id,name\n1,a\n2,\n3,""\n')
    expect(application.calls[0]?.input).toMatchObject({ limit: null })
    expect(finished.exitCode).toBe(0)
  })

  it('prints the heading of a table without rows', async () => {
    expect((await runCommand(['rows', 'b', 't'], {}, { application: sending([]) })).stdout).toBe('id,name\n')
  })

  it('is one document with --json', async () => {
    const result = { columns: ['id'], rows: [['1'], [null]], more: true }
    const finished = await runCommand(['rows', 'b', 't', '--json'], jobSucceeding('backups.rows', result))
    expect(finished.document()).toEqual({ ok: true, data: result })
  })

  it('does not take the next batch before the last one is written', async () => {
    const sent: number[] = []
    const application = sending([[['1', 'a']], [['2', 'b']]], sent)
    const release = Promise.withResolvers<void>()
    const slow = new Writable({
      write: (_chunk, _encoding, done) => void release.promise.then(() => done()),
    })
    const finished = runRows(application, slow)
    await new Promise((resolve) => setTimeout(resolve, 30))
    expect(sent).toEqual([])
    release.resolve()
    expect(await finished).toBe(0)
    expect(sent).toEqual([0, 1])
  })

  it('ends without failure when the reader has left, and cancels the job', async () => {
    const application = sending([[['1', 'a']], [['2', 'b']], [['3', 'c']]])
    const closed = new Writable({
      write: (_chunk, _encoding, done) => done(Object.assign(new Error('write EPIPE'), { code: 'EPIPE' })),
    })
    closed.on('error', () => undefined)
    expect(await runRows(application, closed)).toBe(0)
    expect(application.calls.map(({ method }) => method)).toContain('jobs.cancel')
  })
})

function runRows(application: FakeApplication, stdout: Writable): Promise<number> {
  const prompts = { secret: () => Promise.resolve(''), text: () => Promise.resolve('') }
  const io = {
    stdout,
    stderr: collector().stream,
    env: {},
    canAsk: false,
    isErrorTerminal: false,
    columns: 80,
    prompts,
  }
  return runCli(['rows', 'b', 't'], {
    io,
    interrupts: () => () => undefined,
    home: '/nowhere',
    open: () => () => Promise.resolve(application),
  })
}
