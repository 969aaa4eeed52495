import type { PlanChange, RestorePlan } from '../../../preload/contract/index.ts'
import { formatCount, plural, printable } from '../format.ts'
import { facts, table } from '../table.ts'
import { warningLines } from './backup-view.ts'

const signs: Readonly<Record<PlanChange['action'], string>> = {
  create: '+',
  replace: '~',
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
      ['Mode', plan.content === 'full' ? plan.mode : `${plan.mode}, ${plan.content} only`],
    ]),
    ...changeLines(plan.changes),
  ]
  if (plan.losses.length > 0) parts.push('', 'Lost by this:', ...plan.losses.map((loss) => `  ${printable(loss)}`))
  if (plan.blockers.length > 0) {
    const lines = plan.blockers.flatMap(({ code, message, remedy }) => [
      `  ${printable(message)} (${printable(code)})`,
      `    ${printable(remedy)}`,
    ])
    parts.push('', 'Blocked, nothing can be applied:', ...lines)
  }
  if (plan.warnings.length > 0) parts.push('', ...warningLines(plan.warnings))
  if (plan.commands.length > 0)
    parts.push('', 'Commands:', ...plan.commands.map((command) => `  ${printable(command)}`))
  return parts.join('\n')
}

function changeLines(changes: readonly PlanChange[]): readonly string[] {
  if (changes.length === 0) return []
  const columns = [
    { title: '' },
    { title: 'OBJECT' },
    { title: 'ROWS NOW', isNumeric: true },
    { title: 'ROWS AFTER', isNumeric: true },
  ]
  const rows = changes.map(({ action, object, rowsNow, rowsAfter }) => [
    signs[action],
    object,
    formatCount(rowsNow),
    formatCount(rowsAfter),
  ])
  return ['', table(columns, rows, ''), '', `${summary(changes)}.`]
}

function summary(changes: readonly PlanChange[]): string {
  const words: readonly (readonly [PlanChange['action'], string])[] = [
    ['create', 'to create'],
    ['replace', 'to replace'],
    ['drop', 'to drop'],
    ['untouched', 'untouched'],
  ]
  const counts = words.map(([action, word]) => [changes.filter((each) => each.action === action).length, word] as const)
  const present = counts.filter(([count]) => count > 0).map(([count, word]) => `${formatCount(count)} ${word}`)
  return `${plural(changes.length, 'object')}: ${present.join(', ')}`
}
