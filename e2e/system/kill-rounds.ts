import { setTimeout as sleep } from 'node:timers/promises'
import { expect } from 'vitest'
import { envelopeOf, type Ended, type Running, type Sandbox } from './harness.ts'
import { leftoversOf, unpairedIn, type BackupSeen, type JobSeen } from './leftovers.ts'
import { killAll, send } from './processes.ts'
import type { Source } from './sources.ts'

/** Who is killed with SIGKILL, the rest left alone. */
export type Victim = 'command' | 'command and job' | 'job' | 'tool'

/** What one round kills, and when. */
export interface Round {
  readonly number: number
  readonly work: 'backup' | 'restore'
  readonly victim: Victim
  /** Another backup runs in the same home meanwhile. */
  readonly isAccompanied: boolean
}

/** A plan of rounds that goes through all combinations, in an order that mixes them. */
export function roundsOf(count: number, victims: readonly Victim[]): readonly Round[] {
  return Array.from({ length: count }, (_, number) => ({
    number,
    work: number % 2 === 0 ? 'backup' : 'restore',
    victim: victims[(number + Math.floor(number / victims.length / 2)) % victims.length] ?? 'command',
    isAccompanied: number % 3 === 1,
  }))
}

/** How long a job takes here from its start to its end when nobody disturbs it. */
export interface Durations {
  readonly backup: number
  readonly restore: number
}

/** Takes a backup and restores it once, undisturbed. */
export async function measure(sandbox: Sandbox, source: Source): Promise<Durations> {
  const timed = async (running: Running) => {
    if (!(await running.said('"state":"running"'))) throw new Error(running.stderr())
    const startedAt = performance.now()
    const { exitCode, stdout } = await running.ended
    expect(exitCode, stdout).toBe(0)
    return performance.now() - startedAt
  }
  const backup = await timed(sandbox.start(withProgress(['backup', 'main'])))
  const restore = await timed(await startRestore(sandbox, source, 'undisturbed'))
  await source.remove(sandbox, 'undisturbed')
  return { backup, restore }
}

/** Kills at random moments, and looks each time at everything that may be wrong afterwards. */
export class KillRounds {
  readonly #sandbox: Sandbox
  readonly #source: Source
  readonly #durations: Durations
  /** Backups that were complete after the last round. */
  #complete: readonly string[] = []

  constructor(sandbox: Sandbox, source: Source, durations: Durations) {
    this.#sandbox = sandbox
    this.#source = source
    this.#durations = durations
  }

  async play(round: Round): Promise<void> {
    const sandbox = this.#sandbox
    const { work, victim } = round
    const target = `restored_${String(round.number)}`
    const isOfCommand = victim.startsWith('command')
    const running =
      work === 'backup'
        ? sandbox.start(withProgress(['backup', 'main']))
        : await startRestore(sandbox, this.#source, target)
    const companion = round.isAccompanied ? sandbox.start(withProgress(['backup', 'beside'])) : null
    expect(await running.said('"state":"running"'), running.stderr()).toBe(true)
    const jobId = jobIdOf(running)
    const delayMs = Math.random() * this.#durations[work]
    const story = `${JSON.stringify(round)} after ${delayMs.toFixed(0)} ms`
    await sleep(delayMs)
    await kill(sandbox, victim, running, jobId)
    const ended = await running.ended

    const next = await sandbox.run(['backups', 'list', '--json'])
    expect(next.exitCode, story + next.stdout + next.stderr).toBe(0)
    if (companion !== null) {
      const { exitCode, stdout } = await companion.ended
      expect(exitCode, `${story}: the backup beside it\n${stdout}`).toBe(0)
    }
    const doctor = await sandbox.run(['doctor', '--json'])
    expect(doctor.stdout, story).toContain('nothing of an interrupted job is left')
    expect(await leftoversOf(sandbox, this.#source, [jobId]), story).toEqual([])
    expect(await unpairedIn(sandbox.path('disk')), story).toEqual([])

    const { status } = await jobOf(sandbox, jobId)
    const isLost = status.state === 'failed'
    if (!isLost) expect(status.state, story).toBe('succeeded')
    if (isLost && isOfCommand) assertNextStartTold(jobId, status, next.stderr, story)
    if (!isOfCommand) expect([0, 1], story).toContain(ended.exitCode)
    if (!isOfCommand && isLost) assertCommandTold(victim, ended, status, story)

    const complete = (await completeBackups(sandbox)).map(({ id }) => id)
    expect(complete, story).toEqual(expect.arrayContaining([...this.#complete]))
    const added = complete.filter((id) => !this.#complete.includes(id))
    if (companion !== null) expect(added.length, story).toBeGreaterThanOrEqual(1)
    for (const id of added) expect(await validate(sandbox, id, 'decode'), story).toBe('passed')
    this.#complete = complete
    if (work === 'restore') await this.#assertWholeOrAbsent(target, !isLost, story)
  }

  /** A restore is there, and then equal, or not at all. */
  async #assertWholeOrAbsent(name: string, isExpected: boolean, story: string): Promise<void> {
    const isThere = await this.#source.exists(this.#sandbox, name)
    if (isExpected) expect(isThere, story).toBe(true)
    if (!isThere) return
    const { database } = this.#source.target(this.#sandbox, name)
    const live = ['compare', 'latest', '--connection', 'main', '--live', '--database', database]
    expect(await this.#sandbox.data(live), story).toMatchObject({ equal: true })
    await this.#source.remove(this.#sandbox, name)
  }
}

/** Where the command was killed, the next one has to say so. */
function assertNextStartTold(jobId: string, status: JobSeen['status'], said: string, story: string): void {
  expect(status.error, story).toMatchObject({ code: 'INTERRUPTED' })
  expect(said, story).toContain('was interrupted')
  expect(said, story).toContain(jobId)
}

/** Where it lives, it says itself what happened. */
function assertCommandTold(victim: Victim, ended: Ended, status: JobSeen['status'], story: string): void {
  const code = victim === 'job' ? 'INTERRUPTED' : 'TOOL_KILLED'
  expect(envelopeOf(ended).error, story).toMatchObject({ code })
  expect(status.error, story).toMatchObject({ code })
}

/** All backups that are listed as complete. */
export async function completeBackups(sandbox: Sandbox): Promise<readonly BackupSeen[]> {
  const all = await sandbox.data<readonly BackupSeen[]>(['backups', 'list'])
  return all.filter(({ state }) => state === 'complete')
}

/** The outcome of a validation. */
export async function validate(sandbox: Sandbox, id: string, level: string): Promise<unknown> {
  const { outcome } = await sandbox.data(['validate', id, '--level', level], [0, 5])
  return outcome
}

/** `args` with documents on stdout and progress on stderr. */
export function withProgress(args: readonly string[]): readonly string[] {
  return [...args, '--json', '--progress', 'json']
}

/** The id of the job in the first line of progress. */
export function jobIdOf(running: Running): string {
  const [, id] = /"id":"([0-9A-Z]{26})"/.exec(running.stderr()) ?? []
  if (id === undefined) throw new Error(`No job was started.\n${running.stderr()}`)
  return id
}

/** A job as `jobs list` shows it. */
export async function jobOf(sandbox: Sandbox, id: string): Promise<JobSeen> {
  const job = (await sandbox.data<readonly JobSeen[]>(['jobs', 'list'])).find((each) => each.id === id)
  if (job === undefined) throw new Error(`The job ${id} is not listed.`)
  return job
}

/** Plans a restore of the newest backup of `main` into a new database, and begins to apply it. */
export async function startRestore(
  sandbox: Sandbox,
  source: Source,
  name: string,
  env: Readonly<Record<string, string>> = {},
): Promise<Running> {
  const { database, confirm } = source.target(sandbox, name)
  const plan = `${name}.plan.json`
  const what = ['latest', '--connection', 'main', '--database', database]
  await sandbox.data(['restore', 'plan', ...what, '-o', plan])
  return sandbox.start(withProgress(['restore', 'apply', plan, '--confirm', confirm]), env)
}

async function kill(sandbox: Sandbox, victim: Victim, running: Running, jobId: string): Promise<void> {
  const ofJob = (await sandbox.jobProcesses()).filter(({ job }) => job === jobId)
  const isTool = (command: string) => /\/pg_(dump|restore) /.test(command)
  switch (victim) {
    case 'command':
      send(running.pid, 'SIGKILL')
      break
    case 'command and job':
      send(running.pid, 'SIGKILL')
      killAll(ofJob.filter(({ command }) => !isTool(command)))
      break
    case 'job':
      killAll(ofJob.filter(({ command }) => !isTool(command)))
      break
    case 'tool':
      killAll(ofJob.filter(({ command }) => isTool(command)))
      break
  }
}

/** The error of a command that failed. */
export async function failureOf(running: Running): Promise<{
  readonly code: string
  readonly message: string
  readonly detail: string | null
  readonly remedy: string | null
  readonly exitCode: number | null
}> {
  const ended = await running.ended
  const { error } = envelopeOf(ended)
  if (error === undefined) throw new Error(`The command did not fail.\n${ended.stdout}`)
  return { ...error, exitCode: ended.exitCode }
}
