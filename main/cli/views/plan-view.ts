import type { PlanChange, PlanRole, RestorePlan, UndoPlan } from '../../../preload/contract/index.ts'
import { formatBytes, formatCount, formatDuration, formatMoment, plural, printable } from '../format.ts'
import { facts, table } from '../table.ts'
import { warningLines } from './backup-view.ts'
import { structureLines, versionPair } from './structure-view.ts'

const signs: Readonly<Record<PlanChange['action'], string>> = {
  create: '+',
  replace: '~',
  append: '>',
  drop: '-',
  untouched: '=',
}

/** A restore plan for people: target, changes, losses, blockers, warnings, commands. */
export function planText(plan: RestorePlan): string {
  const { target } = plan
  const parts = [
    facts([
      ['Backup', plan.backup],
      ['Target', `${target.database} on ${target.server} (${target.connection}, ${target.environment})`],
      ['Exists', target.exists ? 'yes' : 'no, it is created'],
      ['Mode', modeWords(plan)],
      ['Safety backup', safetyWords(plan)],
      ['Kept', plan.mode === 'swap' ? `the old database, closed, for ${plan.keepHours} hours at least` : null],
      ['Sessions', plan.disconnectOthers ? 'of others are ended' : null],
      ['Space', spaceWords(plan)],
      ['Takes', forecastWords(plan)],
      ['Workers', plan.jobs === undefined ? null : `${plan.jobs} at once`],
      [
        'Migrations',
        plan.schemaVersion === undefined
          ? null
          : versionPair(plan.schemaVersion.backup, plan.schemaVersion.target, 'target'),
      ],
      ['Hooks', plan.hooks.length === 0 ? null : plan.hooks.join(', ')],
    ]),
    ...changeLines(plan.changes),
    ...structureLines(plan.changes.map(({ object, structureChanges: changes }) => ({ object, changes }))),
  ]
  if (plan.sameStructure !== null && plan.sameStructure !== undefined) {
    const { backup, startedAt } = plan.sameStructure
    parts.push('', `The newest good backup with the structure of the target: ${backup} of ${formatMoment(startedAt)}.`)
  }
  parts.push(...roleLines(plan.roles ?? []))
  if (plan.newerBackups.length > 0) {
    const lines = plan.newerBackups.map(({ backup, startedAt }) => `  ${backup} of ${formatMoment(startedAt)}`)
    parts.push('', 'Newer good backups, left out by this:', ...lines)
  }
  parts.push(...findingLines(plan))
  if (plan.commands.length > 0)
    parts.push('', 'Commands:', ...plan.commands.map((command) => `  ${printable(command)}`))
  return parts.join('\n')
}

/** What an undo would do, for people. */
export function undoPlanText(plan: UndoPlan): string {
  const { target } = plan
  return [
    facts([
      ['Undo of', plan.restore],
      ['Target', `${target.database} on ${target.server} (${target.connection}, ${target.environment})`],
      ['Comes back', plan.retired],
    ]),
    ...changeLines(plan.changes),
    ...findingLines(plan),
  ].join('\n')
}

function modeWords({ mode, content, rows }: RestorePlan): string {
  if (content === 'full') return mode
  return rows === null ? `${mode}, ${content} only` : `${mode}, ${content} only, ${rows}`
}

function safetyWords({ target, safetyBackup, mode }: RestorePlan): string | null {
  if (safetyBackup.taken) return 'of the target, proved, before it is touched'
  if (!target.exists || mode === 'new') return null
  return `none: ${safetyBackup.reason ?? 'not asked for'}`
}

function spaceWords({ space }: RestorePlan): string | null {
  if (space === null) return null
  const free = space.freeBytes === null ? '' : `, ${formatBytes(space.freeBytes)} free`
  return `~${formatBytes(space.neededBytes)} needed${free}`
}

function forecastWords({ forecastSeconds }: RestorePlan): string | null {
  if (forecastSeconds === null) return null
  const [low, high] = [formatDuration(forecastSeconds.low * 1_000), formatDuration(forecastSeconds.high * 1_000)]
  return low === high ? `~${low}` : `~${low} to ${high}`
}

function findingLines({ losses, blockers, warnings }: Pick<RestorePlan, 'losses' | 'blockers' | 'warnings'>): string[] {
  const parts: string[] = []
  if (losses.length > 0) parts.push('', 'Lost by this:', ...losses.map((loss) => `  ${printable(loss)}`))
  if (blockers.length > 0) {
    const lines = blockers.flatMap(({ code, message, remedy }) => [
      `  ${printable(message)} (${printable(code)})`,
      `    ${printable(remedy)}`,
    ])
    parts.push('', 'Blocked, nothing can be applied:', ...lines)
  }
  if (warnings.length > 0) parts.push('', ...warningLines(warnings))
  return parts
}

function changeLines(changes: readonly PlanChange[]): readonly string[] {
  if (changes.length === 0) return []
  const columns = [
    { title: '' },
    { title: 'OBJECT' },
    { title: 'ROWS NOW', isNumeric: true },
    { title: 'ROWS AFTER', isNumeric: true },
    { title: 'STRUCTURE' },
  ]
  const rows = changes.map(({ action, object, rowsNow, isEstimate, rowsAfter, structure, structureChanges }) => [
    signs[action],
    object,
    (isEstimate ? '~' : '') + formatCount(rowsNow),
    formatCount(rowsAfter),
    structure === 'changed' || structureChanges !== undefined ? 'changes' : '',
  ])
  return ['', table(columns, rows, ''), '', `${summary(changes)}.`]
}

const roleSigns: Readonly<Record<PlanRole['action'], string>> = { create: '+', alter: '~', leave: '=', missing: '!' }

function roleLines(roles: readonly PlanRole[]): readonly string[] {
  if (roles.length === 0) return []
  const columns = [{ title: '' }, { title: 'ON THE SERVER' }, { title: 'NAME' }, { title: 'WHAT' }]
  const rows = roles.map(({ action, kind, name, statement, why }) => [
    roleSigns[action],
    kind,
    name,
    [action === 'missing' ? 'missing' : null, statement, why].filter((part) => part !== null).join(' '),
  ])
  return ['', table(columns, rows, '')]
}

function summary(changes: readonly PlanChange[]): string {
  const words: readonly (readonly [PlanChange['action'], string])[] = [
    ['create', 'to create'],
    ['replace', 'to replace'],
    ['append', 'to add rows to'],
    ['drop', 'to drop'],
    ['untouched', 'untouched'],
  ]
  const counts = words.map(([action, word]) => [changes.filter((each) => each.action === action).length, word] as const)
  const present = counts.filter(([count]) => count > 0).map(([count, word]) => `${formatCount(count)} ${word}`)
  return `${plural(changes.length, 'object')}: ${present.join(', ')}`
}
