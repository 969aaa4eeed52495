import type { Notification } from 'electron'
import type { EventPayload, Job, JobKind } from '../../preload/contract/index.ts'
import { routeOfJob } from './deep-link.ts'
import type { Electron } from './electron.ts'
import type { MainWindow } from './window.ts'

/** A message for the person: a title, a sentence, and the page that says more. */
export type Notice = EventPayload<'window.notice'>

/** Jobs whose good end is news. What is read or planned at once on a page isn't. */
const newsworthy: ReadonlySet<JobKind> = new Set([
  'backup',
  'validate',
  'restore',
  'undo',
  'finish',
  'import',
  'rescan',
])

/** What is to be said of a job that ended; null where nothing is. */
export function noticeOf(job: Job): Notice | null {
  const route = routeOfJob(job.id)
  switch (job.status.state) {
    case 'succeeded':
      return newsworthy.has(job.kind)
        ? { title: `Done: ${job.title}`, text: 'Open it to see the result.', route }
        : null
    case 'failed':
      return job.kind === 'rows' ? null : { title: `Failed: ${job.title}`, text: job.status.error.message, route }
    case 'cancelled':
    case 'queued':
    case 'waiting':
    case 'running':
      return null
  }
}

/** The system's notifications; the window's own where the system shows none. Nothing that was to be said is lost. */
export class Notifications {
  readonly #electron: Pick<Electron, 'Notification'>
  readonly #window: Pick<MainWindow, 'isInFront' | 'navigate' | 'sendSurely' | 'show'>
  /** Kept, because one that is garbage collected can't be clicked any more. */
  readonly #shown = new Set<Notification>()

  constructor(
    electron: Pick<Electron, 'Notification'>,
    window: Pick<MainWindow, 'isInFront' | 'navigate' | 'sendSurely' | 'show'>,
  ) {
    this.#electron = electron
    this.#window = window
  }

  /** Tells how a job ended, unless the person has the window before them, which shows it already. */
  jobEnded(job: Job): void {
    const notice = noticeOf(job)
    if (notice !== null && !this.#window.isInFront) this.tell(notice)
  }

  /** Tells it now. */
  tell(notice: Notice): void {
    const { Notification: SystemNotification } = this.#electron
    const fallBack = () => this.#window.sendSurely('window.notice', notice)
    if (!SystemNotification.isSupported()) return fallBack()
    const notification = new SystemNotification({ title: notice.title, body: notice.text })
    const forget = () => void this.#shown.delete(notification)
    this.#shown.add(notification)
    notification.on('click', () => {
      forget()
      if (notice.route === null) this.#window.show()
      else this.#window.navigate(notice.route)
    })
    notification.on('failed', () => {
      forget()
      fallBack()
    })
    notification.on('close', forget)
    notification.show()
  }
}
