import type { Job, Progress, Stage } from '../../preload/contract/index.ts'
import { formatBytes, formatDuration, printable } from './format.ts'
import type { Globals, Io } from './io.ts'

/** Shows how far one job is. */
export interface ProgressDisplay {
  /** Takes a snapshot; an older one than the last is ignored. */
  show(job: Job): void
  /** A line of its own beside the animation. */
  line(text: string): void
  /** Takes the animation away. Nothing is shown any more. */
  end(): void
}

/** At most ten pictures a second. */
const frameMs = 100

/**
 * The display that fits: one JSON line per snapshot with `--progress json`; a live line where stderr is a terminal;
 * otherwise nothing.
 */
export function createProgress(io: Io, globals: Globals, now: () => number = Date.now): ProgressDisplay {
  const shown = newestOnly()
  if (globals.progress === 'json') {
    return {
      show: (job) => {
        if (shown(job)) io.stderr.write(`${JSON.stringify(job)}\n`)
      },
      line: (text) => void io.stderr.write(`${text}\n`),
      end: () => undefined,
    }
  }
  const isLive = io.isErrorTerminal && !globals.quiet && globals.progress === null && io.env['TERM'] !== 'dumb'
  return isLive ? liveLine(io, shown, now) : silent(io, globals)
}

function silent(io: Io, globals: Globals): ProgressDisplay {
  return {
    show: () => undefined,
    line: (text) => {
      if (!globals.quiet) io.stderr.write(`${text}\n`)
    },
    end: () => undefined,
  }
}

/** One line that is drawn over and over. The newest snapshot is always drawn in the end. */
function liveLine(io: Io, isNewer: (job: Job) => boolean, now: () => number): ProgressDisplay {
  const clear = '\r\u001b[2K'
  let lastDrawnMs = Number.NEGATIVE_INFINITY
  let pending: Job | null = null
  let timer: NodeJS.Timeout | null = null
  let isDrawn = false

  const draw = () => {
    timer = null
    if (pending === null) return
    lastDrawnMs = now()
    isDrawn = true
    io.stderr.write(clear + progressText(pending, Math.max(20, io.columns - 1)))
    pending = null
  }
  const wipe = () => {
    if (isDrawn) io.stderr.write(clear)
    isDrawn = false
  }
  return {
    show: (job) => {
      if (!isNewer(job)) return
      pending = job
      if (timer !== null) return
      timer = setTimeout(draw, Math.max(0, lastDrawnMs + frameMs - now()))
    },
    line: (text) => {
      wipe()
      io.stderr.write(`${text}\n`)
    },
    end: () => {
      if (timer !== null) clearTimeout(timer)
      timer = null
      pending = null
      wipe()
    },
  }
}

/** A job's snapshot in one line of at most `width` characters. */
export function progressText(job: Job, width: number): string {
  const status = job.status
  switch (status.state) {
    case 'queued':
      return fit([`${job.title}: queued`], width)
    case 'waiting':
      return fit([`${job.title}: waiting`, status.detail], width)
    case 'running':
      if (status.isCancelling) return fit([`${job.title}: cancelling`], width)
      return fit(status.progress === null ? [`${job.title}: starting`] : runningParts(status.progress), width)
    case 'succeeded':
    case 'failed':
    case 'cancelled':
      return fit([`${job.title}: ${status.state}`], width)
  }
}

function runningParts(progress: Progress): string[] {
  const parts = [stageWords[progress.stage]]
  if (progress.fraction !== null) parts.push(`${Math.floor(progress.fraction * 100)} %`)
  if (progress.bytes > 0) parts.push(formatBytes(progress.bytes))
  if (progress.bytesPerSecond > 0) parts.push(`${formatBytes(progress.bytesPerSecond)}/s`)
  if (progress.remainingSeconds !== null) parts.push(remainingText(progress.remainingSeconds))
  if (progress.item !== null) parts.push(progress.item)
  return parts
}

function remainingText({ low, high }: { readonly low: number; readonly high: number }): string {
  const [from, to] = [formatDuration(low * 1000), formatDuration(high * 1000)]
  return from === to ? `~${from} left` : `~${from} to ${to} left`
}

function fit(parts: readonly string[], width: number): string {
  const characters = Array.from(printable(parts.join(' · ')))
  return characters.length <= width ? characters.join('') : `${characters.slice(0, width - 1).join('')}…`
}

const stageWords: Readonly<Record<Stage, string>> = {
  prepare: 'Preparing',
  inspect: 'Inspecting',
  dump: 'Reading the database',
  compress: 'Compressing',
  encrypt: 'Encrypting',
  write: 'Writing',
  manifest: 'Writing the manifest',
  check: 'Checking the copies',
  read: 'Reading the backup',
  decode: 'Decoding',
  'safety-backup': 'Safety backup',
  hooks: 'Running hooks',
  restore: 'Restoring',
  compare: 'Comparing',
  swap: 'Swapping',
  publish: 'Publishing',
  'clean-up': 'Cleaning up',
}

function newestOnly(): (job: Job) => boolean {
  const revisions = new Map<string, number>()
  return ({ id, revision }) => {
    const last = revisions.get(id)
    if (last !== undefined && revision <= last) return false
    revisions.set(id, revision)
    return true
  }
}
