/** Tells of Ctrl-C and SIGTERM, which mean the same. Returns the function that stops listening. */
export type Interrupts = (listener: () => void) => () => void

/** How long a first interrupt waits for the clean-up of the running job. */
export const cleanUpMs = 2_000

/** What an interrupt acts upon. */
export interface Interruptible {
  readonly hasJob: boolean
  requestCancel(): Promise<void>
}

/** `settled` with what the work came to, or that it was left before its end. */
export type Interrupted<T> =
  { readonly end: 'settled'; readonly value: T } | { readonly end: 'left'; readonly hasCleanedUp: boolean }

/**
 * Runs `work` until it ends or is interrupted. The first interrupt cancels the running job and waits at most
 * `cleanUpMs` for it, or until what is unfinished (hooks that always run) has ended; without a job it leaves at once. The second leaves at once, whatever runs.
 */
export async function runInterruptible<T>(
  work: () => Promise<T>,
  session: Interruptible,
  options: {
    readonly interrupts: Interrupts
    readonly say: (line: string) => void
    readonly isUnfinished?: () => boolean
  },
): Promise<Interrupted<T>> {
  const left = Promise.withResolvers<Interrupted<T>>()
  let count = 0
  let timer: NodeJS.Timeout | undefined
  let isWaitTold = false
  const leave = (hasCleanedUp: boolean) => left.resolve({ end: 'left', hasCleanedUp })
  const giveUp = () => {
    if (options.isUnfinished?.() === true) {
      if (!isWaitTold) options.say('Hooks that always run are running. After them this command ends.')
      isWaitTold = true
      timer = setTimeout(giveUp, cleanUpMs)
      return
    }
    options.say('The clean-up takes longer than two seconds and is ended. The next start of Holdfast sweeps the rest.')
    leave(false)
  }
  const stop = options.interrupts(() => {
    count += 1
    if (count > 1) {
      options.say('Left without waiting. The next start of Holdfast sweeps what the job left behind.')
      leave(false)
      return
    }
    if (!session.hasJob) {
      leave(true)
      return
    }
    options.say('Cancelling. Once more (Ctrl-C) leaves at once, without waiting for the clean-up.')
    timer = setTimeout(giveUp, cleanUpMs)
    session.requestCancel().catch((error: unknown) => {
      options.say(`The job could not be asked to end: ${error instanceof Error ? error.message : String(error)}`)
      leave(false)
    })
  })
  try {
    const settled = work().then((value): Interrupted<T> => ({ end: 'settled', value }))
    return await Promise.race([settled, left.promise])
  } finally {
    clearTimeout(timer)
    stop()
  }
}
