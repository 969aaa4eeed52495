import { setTimeout as sleep } from 'node:timers/promises'
import type { Job, LogLine } from '../../../preload/contract/index.ts'
import { isClosedPipe, write, type Reply } from '../io.ts'
import { logText, type Session } from '../session.ts'

const pollMs = 250

/** Prints the log of a job as it grows, until the job has ended; with `--json` one document at the end. */
export async function followLog(session: Session, reference: string): Promise<Reply> {
  const all: LogLine[] = []
  let position: string | null = null
  for (;;) {
    const seen: { job: Job; lines: LogLine[]; position: string } = await session.call('jobs.tail', {
      job: reference,
      position,
    })
    position = seen.position
    if (session.globals.json) all.push(...seen.lines)
    else if (!(await print(session, seen.lines))) return { data: null, text: '' }
    if ('finishedAt' in seen.job.status) {
      session.note(`The job has ended: ${endOf(seen.job)}.`)
      return { data: all, text: '' }
    }
    await sleep(pollMs)
  }
}

/** Answers whether anybody still reads. */
async function print(session: Session, lines: readonly LogLine[]): Promise<boolean> {
  if (lines.length === 0) return true
  try {
    await write(session.io.stdout, lines.map((line) => `${logText(line)}\n`).join(''))
    return true
  } catch (error) {
    if (isClosedPipe(error)) return false
    throw error
  }
}

function endOf({ status }: Job): string {
  return status.state === 'failed' ? `failed (${status.error.code})` : status.state
}
