import { randomBytes } from 'node:crypto'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { AppError, toAppError, type Comparison, type Outcome } from '../../preload/contract/index.ts'
import { formatBytes, formatDuration, plural } from './format.ts'
import { write } from './io.ts'
import { errorText } from './output.ts'
import type { Session } from './session.ts'
import { comparisonText, outcomeWords } from './views/proof-view.ts'

/** Makes and changes the sample database; the path is a file's. */
export interface Sample {
  readonly createSample: (path: string) => unknown
  readonly changeSample: (path: string) => unknown
}

/** The document of `demo`. `backup` and `restore` are ids; null where it did not come to them. */
export interface DemoResult {
  readonly steps: readonly { readonly name: string; readonly outcome: Outcome; readonly durationMs: number }[]
  readonly backup: string | null
  readonly restore: string | null
}

interface Step {
  readonly name: string
  /** Resolves to what is worth telling; throws where the step failed. */
  readonly work: () => Promise<string>
}

/**
 * Runs every step in a temporary home of its own, which is removed in the end unless `keep`. After a step that failed
 * the others could not run. Prints each step as it ends, unless `--json`.
 */
export async function runDemo(session: Session, sample: Sample, keep: boolean): Promise<DemoResult> {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-demo-'))
  if (!keep) session.atClose(() => rmSync(folder, { recursive: true, force: true }))
  const state: DemoState = {
    folder,
    session: session.over(join(folder, 'home')),
    sample,
    backup: null,
    restore: null,
    swap: null,
  }
  prepareFolder(folder)

  const done: { name: string; outcome: Outcome; durationMs: number }[] = []
  let hasFailed = false
  for (const { name, work } of stepsOf(state)) {
    const startedMs = performance.now()
    const attempted: Attempt = hasFailed ? notReached : await attempt(session, work)
    const { outcome, told } = attempted
    const durationMs = Math.round(performance.now() - startedMs)
    hasFailed ||= outcome !== 'passed'
    done.push({ name, outcome, durationMs })
    await tell(session, `${name.padEnd(44)} ${outcomeWords[outcome].padEnd(13)} ${formatDuration(durationMs)}`, told)
  }
  await tell(session, closingLine(hasFailed), keep ? `Everything was kept in ${folder}` : '')
  return { steps: done, backup: state.backup, restore: state.restore }
}

interface Attempt {
  readonly outcome: Outcome
  /** What is worth telling; may be empty. */
  readonly told: string
}

const notReached: Attempt = { outcome: 'could-not-run', told: '' }

interface DemoState {
  readonly folder: string
  readonly session: Session
  readonly sample: Sample
  backup: string | null
  restore: string | null
  swap: { readonly restore: string; readonly confirm: string } | null
}

/** The vault of the demo opens with a passphrase of its own, whatever keychain this machine has. */
function prepareFolder(folder: string): void {
  for (const name of ['home', 'backups', 'kit']) mkdirSync(join(folder, name), { mode: 0o700 })
  writeFileSync(join(folder, 'vault-passphrase'), randomBytes(24).toString('base64url'), { mode: 0o600 })
  process.env['HOLDFAST_VAULT_PASSPHRASE_FILE'] = join(folder, 'vault-passphrase')
}

function stepsOf(state: DemoState): readonly Step[] {
  const live = join(state.folder, 'shop.sqlite')
  const restored = join(state.folder, 'shop-restored.sqlite')
  return [
    { name: 'Make a sample database', work: () => makeSample(state, live) },
    { name: 'Add a connection and a destination', work: () => addPlaces(state, live) },
    { name: 'Make a key and its recovery kit', work: () => makeKey(state) },
    { name: 'Back it up, encrypted', work: () => takeBackup(state) },
    { name: 'Prove the backup by a restore', work: () => proveBackup(state) },
    { name: 'Change rows in the live database', work: () => changeRows(state, live) },
    { name: 'Compare the backup with the live database', work: () => findChanges(state) },
    { name: 'Restore into a new file', work: () => restore(state, restored) },
    { name: 'Compare the backup with the restored file', work: () => proveRestore(state, restored) },
    { name: 'Restore over the changed database (swap)', work: () => swapOver(state) },
    { name: 'Compare the backup with the live database', work: () => proveRestore(state, live) },
    { name: 'Undo the restore', work: () => undo(state) },
    { name: 'Find the changed rows in it again', work: () => findChanges(state) },
  ]
}

async function makeSample({ sample }: DemoState, live: string): Promise<string> {
  await sample.createSample(live)
  return live
}

async function addPlaces({ session, folder }: DemoState, live: string): Promise<string> {
  const secret = { from: 'none' } as const
  await session.call('connections.add', { name: 'shop', engine: 'sqlite', profile: { path: live }, secret })
  const settings = { path: join(folder, 'backups') }
  await session.call('destinations.add', { name: 'backups', type: 'local', settings, secret })
  return ''
}

async function makeKey({ session, folder }: DemoState): Promise<string> {
  const passphrase = randomBytes(24).toString('base64url')
  const { fingerprint } = await session.call('keys.create', { kitDirectory: join(folder, 'kit'), passphrase })
  return `key ${fingerprint}`
}

async function takeBackup(state: DemoState): Promise<string> {
  const made = await state.session.job('backups.start', { connection: 'shop', trigger: 'demo' })
  state.backup = made.id
  if (!made.encrypted) throw unexpected('The backup is not encrypted.')
  if (made.state !== 'complete') throw unexpected('The backup is not complete.')
  const tables = made.objects.filter(({ kind }) => kind === 'table')
  const rows = tables.reduce((sum, { rows: counted }) => sum + (counted ?? 0), 0)
  return `${plural(tables.length, 'table')}, ${plural(rows, 'row')}, ${formatBytes(made.artifactBytes)} stored`
}

async function proveBackup(state: DemoState): Promise<string> {
  const report = await state.session.job('backups.validate', { backup: backupOf(state), level: 'restore' })
  const wrong = report.checks.find(({ outcome }) => outcome !== 'passed')
  if (report.outcome !== 'passed') throw unexpected(`The validation did not pass: ${wrong?.name ?? report.outcome}.`)
  return `${plural(report.checks.length, 'check')} passed`
}

async function changeRows({ sample }: DemoState, live: string): Promise<string> {
  await sample.changeSample(live)
  return ''
}

async function findChanges(state: DemoState): Promise<string> {
  const found = await compareLive(state, null)
  if (found.equal) throw unexpected('The comparison did not see that rows were changed.')
  return comparisonText(found)
}

async function restore(state: DemoState, database: string): Promise<string> {
  const plan = await state.session.job('restores.plan', { backup: backupOf(state), database })
  const blocker = plan.blockers[0]
  if (blocker !== undefined) throw unexpected(`The restore is blocked: ${blocker.message}`)
  const result = await state.session.job('restores.apply', { plan, confirm: plan.confirm })
  state.restore = result.id
  if (result.outcome !== 'passed') throw unexpected('What was restored did not pass the comparison.')
  return database
}

async function swapOver(state: DemoState): Promise<string> {
  const plan = await state.session.job('restores.plan', { backup: backupOf(state), mode: 'swap' })
  const blocker = plan.blockers[0]
  if (blocker !== undefined) throw unexpected(`The restore is blocked: ${blocker.message}`)
  const result = await state.session.job('restores.apply', { plan, confirm: plan.confirm })
  state.swap = { restore: result.id, confirm: plan.confirm }
  if (result.outcome !== 'passed') throw unexpected('What was restored did not pass the comparison.')
  if (result.safetyBackup === null || result.retired === null) throw unexpected('The old database was not kept.')
  return [
    ...plan.losses.map((loss) => `lost by it: ${loss}`),
    `safety backup ${result.safetyBackup}`,
    `kept as ${result.retired}`,
  ].join('\n')
}

async function undo({ session, swap }: DemoState): Promise<string> {
  if (swap === null) throw unexpected('There is no restore to undo.')
  const result = await session.job('restores.undo', { restore: swap.restore, confirm: swap.confirm })
  if (result.outcome !== 'passed') throw unexpected('The undo did not pass.')
  return `away for ${formatDuration(result.awayMs ?? 0)}`
}

async function proveRestore(state: DemoState, database: string): Promise<string> {
  const found = await compareLive(state, database)
  if (!found.equal) throw unexpected('The restored file is not equal to the backup.')
  return comparisonText(found)
}

async function compareLive(state: DemoState, database: string | null): Promise<Comparison> {
  return await state.session.job('backups.compare', { backup: backupOf(state), live: { connection: null, database } })
}

function backupOf({ backup }: DemoState): string {
  if (backup === null) throw unexpected('There is no backup.')
  return backup
}

function unexpected(message: string): AppError {
  return new AppError('FAILED', message, { remedy: 'Run the demo again with --keep and look at what it made.' })
}

async function attempt(session: Session, work: Step['work']): Promise<Attempt> {
  try {
    return { outcome: 'passed', told: await work() }
  } catch (error) {
    const failure = toAppError(error)
    if (failure.code === 'CANCELLED') throw failure
    session.io.stderr.write(`${errorText(failure.toData(), session.globals.verbose)}\n`)
    return { outcome: 'failed', told: '' }
  }
}

async function tell(session: Session, line: string, details: string): Promise<void> {
  if (session.globals.json) return
  const indented = details === '' ? '' : `${details.replaceAll(/^(?=.)/gm, '    ')}\n`
  await write(session.io.stdout, `${line.trimEnd()}\n${indented}`)
}

function closingLine(hasFailed: boolean): string {
  return hasFailed ? 'The demo did not pass.' : 'Every step passed.'
}
