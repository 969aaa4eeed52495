import { describe, expect, it } from 'vitest'
import { AppError, errorCodes, exitCodeOf, type Outcome } from '../../preload/contract/index.ts'
import { FakeApplication, jobEnding, jobOf, jobSucceeding, type Answers } from './testing/fake-application.ts'
import { runCommand } from './testing/run-command.ts'
import { sampleBackup, sampleBlocker, samplePlan, sampleReport } from './testing/samples.ts'

const canary = 'canary-4711'
const timestamps = { startedAt: '2026-01-01T10:00:00.000Z', finishedAt: '2026-01-01T10:00:05.000Z' }

describe('a document', () => {
  it('is the only thing on stdout when a command did its work', async () => {
    const finished = await runCommand(['connection', 'list', '--json'], { 'connections.list': () => [] })
    expect(finished.stdout).toBe('{"ok":true,"data":[]}\n')
    expect(finished.stderr).toBe('')
    expect(finished.exitCode).toBe(0)
  })

  it('takes the flags for the whole command line in front of and behind the command', async () => {
    for (const argv of [
      ['--json', 'status'],
      ['status', '--json'],
    ]) {
      const finished = await runCommand(argv, {})
      expect(finished.document().error?.code).toBe('UNSUPPORTED')
    }
  })

  it.each(errorCodes)('has the error %s, and the command its exit code', async (code) => {
    const failing: Answers = {
      'connections.list': () => {
        throw new AppError(code, 'It went wrong.', { detail: 'said so', remedy: 'Do something.', retryable: true })
      },
    }
    const asJson = await runCommand(['connection', 'list', '--json'], failing)
    const error = { code, message: 'It went wrong.', detail: 'said so', remedy: 'Do something.', retryable: true }
    expect(JSON.parse(asJson.stdout)).toEqual({ ok: false, error })
    expect(asJson.exitCode).toBe(exitCodeOf(code))
    const asText = await runCommand(['connection', 'list'], failing)
    expect(asText.stdout).toBe('')
    expect(asText.stderr).toContain('Do something.')
    expect(asText.stderr).not.toContain('said so')
    expect(asText.exitCode).toBe(exitCodeOf(code))
  })

  it('shows details with -v', async () => {
    const failing: Answers = {
      'connections.list': () => {
        throw new AppError('FAILED', 'It went wrong.', { detail: 'first\nsecond\u001b[2J' })
      },
    }
    const { stderr } = await runCommand(['connection', 'list', '-v'], failing)
    expect(stderr).toBe(
      'holdfast: It went wrong.\n  | first\n  | second\\u{1b}[2J\n  (FAILED) More: holdfast explain FAILED\n',
    )
  })
})

describe('a command line that is not usable', () => {
  it.each([
    [[]],
    [['connection']],
    [['conection', 'list']],
    [['backup']],
    [['backup', 'shop', '--colour', canary]],
    [['backup', 'shop', `--colour=${canary}`]],
    [['backup', 'shop', canary]],
    [['validate', 'latest', '--level', 'all']],
    [['connection', 'add', '--name', 'x', '--engine', 'oracle']],
    [['connection', 'add', '--name', 'x', '--engine', 'sqlite']],
    [['connection', 'add', '--name', 'x', '--engine', 'sqlite', '--path', 'f', '--host', 'h']],
    [['connection', 'add', '--name', 'x', '--engine', 'postgresql', '--no-password', '--password-command', 'pass']],
    [['connection', 'add', '--name', 'x', '--engine', 'postgresql', '--password-file', '/no/such/file']],
    [['destination', 'add', '--name', 'x', '--type', 'local']],
    [['compare', 'latest']],
    [['compare', 'latest', '--with', 'x', '--live']],
    [['rows', 'latest', 'orders', '--limit', '0']],
    [['rows', 'latest', 'orders', '--where', 'open']],
    [['key', 'create']],
    [['serve']],
  ])('%j ends with USAGE and exit code 2, as a document too', async (argv) => {
    const asJson = await runCommand([...argv, '--json'])
    expect(asJson.document()).toMatchObject({ ok: false, error: { code: 'USAGE' } })
    expect(asJson.exitCode).toBe(2)
    expect(asJson.application.calls).toEqual([])
    const asText = await runCommand(argv)
    expect(asText.stdout).toBe('')
    expect(asText.stderr).not.toBe('')
    expect(asText.exitCode).toBe(2)
    expect(asJson.stdout + asJson.stderr + asText.stderr).not.toContain(canary)
  })

  it.each([
    [['connection', 'add', '--name', 'x', '--engine', 'postgresql', '--password', canary]],
    [['connection', 'add', `--password=${canary}`]],
    [[`--password=${canary}`, 'status']],
    [['nonsense', '--password', canary]],
  ])('%j: a password as an argument is refused with the three ways', async (argv) => {
    for (const flags of [[], ['--json'], ['-v']]) {
      const { stdout, stderr, exitCode, application } = await runCommand([...argv, ...flags])
      expect(exitCode).toBe(2)
      for (const way of ['--password-file', '--password-command', 'HOLDFAST_PASSWORD']) {
        expect(stdout + stderr).toContain(way)
      }
      expect(stdout + stderr).not.toContain(canary)
      expect(application.calls).toEqual([])
    }
  })
})

describe('help and version', () => {
  it('go to stdout, as a document with --json', async () => {
    const help = await runCommand(['restore', 'plan', '--help'])
    expect(help.stdout).toContain('--database')
    expect(help.exitCode).toBe(0)
    const version = await runCommand(['--version', '--json'])
    expect(version.document()).toEqual({ ok: true, data: { text: '0.1.0\n' } })
  })
})

describe('exit codes of what was found', () => {
  const copies = [{ destination: 'disk', location: '', state: 'failed' }]
  it.each([
    [sampleBackup(), 0],
    [sampleBackup({ warnings: [{ code: 'SUBSCRIPTIONS', message: 'left out' }] }), 3],
    [sampleBackup({ copies: [...sampleBackup().copies, ...copies] }), 3],
  ])('of a backup', async (made, exitCode) => {
    const finished = await runCommand(['backup', 'shop', '--json'], jobSucceeding('backups.start', made))
    expect(finished.exitCode).toBe(exitCode)
    expect(finished.document().ok).toBe(true)
  })

  it.each<[Outcome, number]>([
    ['passed', 0],
    ['failed', 5],
    ['could-not-run', 1],
  ])('of a validation that %s', async (outcome, exitCode) => {
    const answers = jobSucceeding('backups.validate', sampleReport(outcome))
    const finished = await runCommand(['validate', 'latest', '--level', 'restore', '--json'], answers)
    expect(finished.exitCode).toBe(exitCode)
    expect(finished.document()).toMatchObject({ ok: true, data: { outcome } })
  })

  it('of a comparison is 0, whatever it found', async () => {
    const answers = jobSucceeding('backups.compare', { equal: false, objects: [], notCovered: [] })
    expect((await runCommand(['compare', 'latest', '--live', '--json'], answers)).exitCode).toBe(0)
  })

  it('of a blocked plan is 6, and the plan is printed', async () => {
    const answers = jobSucceeding('restores.plan', samplePlan({ blockers: [sampleBlocker] }))
    const finished = await runCommand(['restore', 'plan', 'latest', '--json'], answers)
    expect(finished.exitCode).toBe(6)
    expect(finished.document()).toMatchObject({ ok: true, data: { blockers: [sampleBlocker] } })
  })

  it.each([
    [true, 0],
    [false, 5],
  ])('of an audit chain that is whole: %s', async (valid, exitCode) => {
    const answers: Answers = {
      'audit.verify': () => (valid ? { valid, entries: 3 } : { valid, entries: 3, brokenAt: 2 }),
    }
    expect((await runCommand(['audit', 'verify'], answers)).exitCode).toBe(exitCode)
  })

  it.each([
    ['ok', 0, 'HOLDFAST OK - All is well.\n'],
    ['warning', 1, 'HOLDFAST WARNING - All is well.\n'],
    ['critical', 2, 'HOLDFAST CRITICAL - All is well.\n'],
  ] as const)('of status --check is that of monitoring: %s', async (level, exitCode, line) => {
    const report = { sentence: 'All is well.', level, databases: [], attention: [], backups: 0, storedBytes: 0 }
    const answers: Answers = { 'status.get': () => report }
    const checked = await runCommand(['status', '--check'], answers)
    expect([checked.exitCode, checked.stdout]).toEqual([exitCode, line])
    expect((await runCommand(['status'], answers)).exitCode).toBe(0)
  })

  it.each([
    ['passed', 0],
    ['could-not-run', 0],
    ['failed', 1],
  ] as const)('of a doctor whose check %s', async (outcome, exitCode) => {
    const check = { name: 'pg_dump', outcome, detail: 'version 15', remedy: 'apt install postgresql-client' }
    const finished = await runCommand(['doctor'], { 'doctor.run': () => ({ checks: [check] }) })
    expect(finished.exitCode).toBe(exitCode)
    expect(finished.stdout.includes('apt install')).toBe(outcome !== 'passed')
  })
})

describe('a job', () => {
  it('that failed ends the command with its error', async () => {
    const error = new AppError('LOCKED', 'Another job holds the lock: holdfast, pid 7.').toData()
    const answers = jobEnding('backups.start', { state: 'failed', ...timestamps, error })
    const finished = await runCommand(['backup', 'shop', '--json'], answers)
    expect(finished.exitCode).toBe(11)
    expect(finished.document().error?.message).toContain('pid 7')
  })

  it('that was cancelled ends it with 130', async () => {
    const finished = await runCommand(
      ['backup', 'shop'],
      jobEnding('backups.start', { state: 'cancelled', ...timestamps }),
    )
    expect(finished.exitCode).toBe(130)
    expect(finished.stderr).toContain('CANCELLED')
  })

  it('with an unknown shape of result is a bug, not a success', async () => {
    const answers = jobEnding('backups.start', { state: 'succeeded', ...timestamps, result: { id: 'x' } })
    const finished = await runCommand(['backup', 'shop', '--json'], answers)
    expect(finished.document()).toMatchObject({ ok: false, error: { code: 'INTERNAL' } })
    expect(finished.exitCode).toBe(1)
  })

  it('gives its snapshots as JSON lines on stderr, the older ones left out', async () => {
    const application: FakeApplication = new FakeApplication({
      ...jobSucceeding('backups.start', sampleBackup()),
      'jobs.wait': async () => {
        for (const revision of [1, 3, 2]) await application.emit('job.updated', jobOf({ state: 'queued' }, revision))
        return jobOf({ state: 'succeeded', ...timestamps, result: sampleBackup() })
      },
    })
    const finished = await runCommand(['backup', 'shop', '--json', '--progress', 'json'], {}, { application })
    const lines = finished.stderr
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { revision: number })
    expect(lines.map(({ revision }) => revision)).toEqual([1, 3])
    expect(finished.document().ok).toBe(true)
    expect(application.closed).toBe(1)
  })

  it('shows nothing on stderr when it is piped', async () => {
    const finished = await runCommand(['backup', 'shop'], jobSucceeding('backups.start', sampleBackup()))
    expect(finished.stderr).toBe('')
  })
})
