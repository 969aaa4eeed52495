import type { Job, JobKind, Progress } from '../../../preload/contract/index.ts'
import { formatBytes, formatRange, formatRate } from '../../lib/format.ts'
import type { Tone } from '../../ui/status.tsx'

/** What a job of each kind is called. */
export const jobNames: Readonly<Record<JobKind, string>> = {
  backup: 'Backup',
  validate: 'Validation',
  'restore-plan': 'Restore plan',
  restore: 'Restore',
  'undo-plan': 'Undo plan',
  undo: 'Undo',
  finish: 'Dropping the old database',
  compare: 'Comparison',
  rows: 'Reading rows',
  import: 'Import',
  rescan: 'Rescan',
}

const stageNames: Readonly<Record<Progress['stage'], string>> = {
  prepare: 'Preparing',
  inspect: 'Looking at the database',
  dump: 'Dumping',
  compress: 'Compressing',
  encrypt: 'Encrypting',
  write: 'Writing',
  manifest: 'Writing the manifest',
  check: 'Checking',
  read: 'Reading',
  decode: 'Decoding',
  'safety-backup': 'Safety backup',
  hooks: 'Running hooks',
  restore: 'Restoring',
  compare: 'Comparing',
  swap: 'Swapping',
  publish: 'Putting in place',
  'clean-up': 'Cleaning up',
}

/** The stage for people. */
export function stageName(stage: Progress['stage']): string {
  return stageNames[stage]
}

/** State of a job as tone and word. */
export function jobState({ status }: Job): readonly [tone: Tone, word: string] {
  switch (status.state) {
    case 'queued':
      return ['none', 'Queued']
    case 'waiting':
      return ['late', 'Waiting']
    case 'running':
      return status.isCancelling ? ['stopped', 'Stopping'] : ['running', 'Running']
    case 'succeeded':
      return ['ok', 'Done']
    case 'failed':
      return ['bad', 'Failed']
    case 'cancelled':
      return ['stopped', 'Cancelled']
  }
}

/** `Dumping public.orders · 69.4 MB · 118 MB/s · 6 to 8 min left`; nothing is invented that is not known. */
export function progressFacts(progress: Progress): readonly string[] {
  const { stage, item, bytes, bytesPerSecond, remainingSeconds } = progress
  const facts = [item === null ? stageName(stage) : `${stageName(stage)} ${item}`]
  if (bytes > 0) facts.push(formatBytes(bytes))
  if (bytesPerSecond > 0) facts.push(formatRate(bytesPerSecond))
  if (remainingSeconds !== null) facts.push(`${formatRange(remainingSeconds)} left`)
  return facts
}
