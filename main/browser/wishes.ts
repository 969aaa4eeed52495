import { readFileSync } from 'node:fs'

/** What the person at the terminal wants, by keys and signals. */

const endSignals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/** Resolves at the first Ctrl-C or SIGTERM; every later one calls `onImpatience`. */
export function untilAskedToEnd(onImpatience: () => void): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  let isAsked = false
  for (const signal of endSignals) {
    process.on(signal, () => {
      if (isAsked) onImpatience()
      isAsked = true
      resolve()
    })
  }
  return promise
}

/** Calls `listener` for Enter, and for SIGUSR2 where the system has it. Answers how to stop. */
export function wishesForAddress(listener: () => void): () => void {
  const { stdin } = process
  if (process.platform !== 'win32') process.on('SIGUSR2', listener)
  const mayRead = !stdin.isTTY || isInForeground()
  if (mayRead) {
    stdin.on('error', () => undefined)
    stdin.on('data', listener)
    // A file as stdin has nothing to keep the process alive with.
    if ('unref' in stdin) stdin.unref()
  }
  return () => {
    process.off('SIGUSR2', listener)
    if (mayRead) stdin.off('data', listener).pause()
  }
}

/** A process in the background of a shell is stopped when it reads the terminal. */
function isInForeground(): boolean {
  if (process.platform !== 'linux') return true
  const fields = readFileSync('/proc/self/stat', 'utf8')
    .replace(/^.*\) /s, '')
    .split(' ')
  const [, , group, , , terminalGroup] = fields
  return group === terminalGroup
}
