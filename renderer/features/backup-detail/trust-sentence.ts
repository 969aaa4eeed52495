import type { BackupDetail } from '../../../preload/contract/index.ts'
import { formatAgo, plural } from '../../lib/format.ts'
import type { Tone } from '../../ui/status.tsx'

type Told = Pick<BackupDetail, 'state' | 'badge' | 'copies' | 'validations' | 'objects' | 'needsKey'>

/** Whether the backup can be trusted, as a state and a sentence. */
export function trustOf(backup: Told, nowMs: number): { readonly tone: Tone; readonly sentence: string } {
  const { state, badge, copies, validations } = backup
  if (state === 'failed') return { tone: 'bad', sentence: 'This backup failed: nothing can be restored from it.' }
  const latest = (wanted: (each: Told['validations'][number]) => boolean) =>
    validations.filter(wanted).toSorted((a, b) => (a.finishedAt < b.finishedAt ? 1 : -1))[0]
  if (badge === 'failed') {
    const failed = latest(({ outcome }) => outcome === 'failed')
    return {
      tone: 'bad',
      sentence: `A check failed${failed === undefined ? '' : ` ${formatAgo(failed.finishedAt, nowMs)}`}.`,
    }
  }
  if (!copies.some((copy) => copy.state === 'stored')) {
    return { tone: 'bad', sentence: 'No good copy of this backup is left.' }
  }
  if (badge === 'proven') {
    const test = latest(({ level, outcome }) => level === 'restore' && outcome === 'passed')
    const tables = backup.objects.filter(({ kind }) => kind === 'table').length
    const equal = tables === 0 ? 'and compared' : `${plural(tables, 'table')} equal`
    return {
      tone: 'proven',
      sentence: `Proven${test === undefined ? '' : ` ${formatAgo(test.finishedAt, nowMs)}`}: restored, ${equal}.`,
    }
  }
  if (badge === 'checked') {
    const check = latest(({ outcome }) => outcome === 'passed')
    return {
      tone: 'muted',
      sentence: `Checked${check === undefined ? '' : ` ${formatAgo(check.finishedAt, nowMs)}`}: intact, not yet proven by a restore test.`,
    }
  }
  return { tone: 'none', sentence: 'Unproven: nobody has checked this backup yet.' }
}
