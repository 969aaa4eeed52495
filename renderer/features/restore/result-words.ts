import type { RestoreDetail, RestoreResult } from '../../../preload/contract/index.ts'
import { formatDuration, plural } from '../../lib/format.ts'
import { shortDatabase } from './restore-words.tsx'

/** The sentence that says what became of a restore, with its counts. */
export function resultSentence({ state, result, plan, database }: RestoreDetail): string {
  const name = shortDatabase(database)
  switch (state) {
    case 'running':
      return `${name} is being restored.`
    case 'interrupted':
      return `The restore into ${name} was interrupted.`
    case 'failed':
      return result === null || result.checks.length === 0
        ? `The restore into ${name} failed, and nothing was changed.`
        : `The restore into ${name} failed a check, and nothing was changed.`
    case 'undone':
      return `The restore was undone: ${name} is what it was before.`
    case 'applied':
    case 'finished': {
      if (result === null) return `${name} holds what was restored; it was not compared.`
      return comparedSentence(name, result, plan?.content === 'full')
    }
  }
}

function comparedSentence(name: string, result: RestoreResult, isWhole: boolean): string {
  const { outcome, checks } = result
  const failed = checks.filter((check) => check.outcome === 'failed').length
  if (outcome === 'failed') {
    return `${name} was restored, but ${plural(failed, 'check')} of ${String(checks.length)} failed.`
  }
  if (outcome === 'could-not-run') return `${name} was restored, but not every check could run.`
  const tables = isWhole ? equalTables(checks) : null
  const compared =
    tables === null
      ? `${String(checks.length)} of ${plural(checks.length, 'check')} passed`
      : `${String(tables)} of ${plural(tables, 'table')} ${tables === 1 ? 'is' : 'are'} equal to the backup`
  return `${name} is restored: ${compared}${awayWords(result)}.`
}

/** How many tables the comparison of content found equal, by its own words; null where it was another one. */
function equalTables(checks: RestoreResult['checks']): number | null {
  const content = checks.find(({ name, outcome }) => name === 'content' && outcome === 'passed')
  const count = /^(\d+) tables equal by fingerprint$/.exec(content?.detail ?? '')?.[1]
  return count === undefined || count === '0' ? null : Number(count)
}

function awayWords({ awayMs }: RestoreResult): string {
  if (awayMs === null) return ''
  return `; the database was away for ${awayMs < 1 ? 'less than 1 ms' : formatDuration(awayMs)}`
}

/** What can be taken back, and how. */
export type WayBack =
  | { readonly kind: 'swap'; readonly until: string | null; readonly isOver: boolean }
  | { readonly kind: 'safety-backup'; readonly backup: string }
  | { readonly kind: 'drop' }
  | { readonly kind: 'none'; readonly why: string }

/** The way back from a restore as it stands now. */
export function wayBack(restore: RestoreDetail, nowMs: number): WayBack {
  const { state, mode, retired, undoUntil, safetyBackup } = restore
  if (state === 'applied' && retired !== null) {
    return { kind: 'swap', until: undoUntil, isOver: undoUntil !== null && Date.parse(undoUntil) < nowMs }
  }
  if (state === 'applied' && mode === 'new') return { kind: 'drop' }
  if ((state === 'applied' || state === 'finished') && safetyBackup !== null)
    return { kind: 'safety-backup', backup: safetyBackup }
  const why = {
    running: 'It is still running.',
    interrupted: 'What became of it is found out at the next start of Holdfast.',
    failed: 'Nothing was changed, so there is nothing to take back.',
    undone: 'It was undone already.',
    applied: 'It was written in place, and no safety backup was taken.',
    finished: 'The old database was dropped, and no safety backup was taken.',
  }[state]
  return { kind: 'none', why }
}
