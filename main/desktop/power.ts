import type { Job } from '../../preload/contract/index.ts'
import type { Electron } from './electron.ts'
import type { JobWatch } from './job-watch.ts'

/** Keeps the computer awake while a job runs; the display may go dark. */
export function stayAwakeDuring(electron: Pick<Electron, 'powerSaveBlocker'>, watch: Pick<JobWatch, 'onChange'>): void {
  const { powerSaveBlocker } = electron
  let blocker: number | null = null
  watch.onChange((active) => {
    if (active.length > 0) blocker ??= powerSaveBlocker.start('prevent-app-suspension')
    else if (blocker !== null) {
      powerSaveBlocker.stop(blocker)
      blocker = null
    }
  })
}

/** Calls `resumed` each time the computer wakes. */
export function onResume(electron: Pick<Electron, 'powerMonitor'>, resumed: () => void): void {
  electron.powerMonitor.on('resume', resumed)
}

/** Nothing to show, progress without an end, or 0 to 1: as `setProgressBar` takes it. */
export function taskbarProgress(active: readonly Job[]): number {
  if (active.length === 0) return -1
  const fractions = active.map(({ status }) =>
    status.state === 'running' ? (status.progress?.fraction ?? null) : null,
  )
  const known = fractions.filter((fraction) => fraction !== null)
  if (known.length < fractions.length) return 2
  return known.reduce((sum, fraction) => sum + fraction, 0) / known.length
}
