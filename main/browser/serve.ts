import { exitCodeOf, toAppError, type AppError } from '../../preload/contract/index.ts'
import { openApplication } from '../app/application.ts'
import type { Application } from '../app/host.ts'
import { createBrowserHost } from './host.ts'
import { helpText, parseOptions, type ServeOptions } from './options.ts'
import { RunningJobs } from './running-jobs.ts'
import { startServer } from './server.ts'
import { StaticFiles } from './static-files.ts'
import { untilAskedToEnd, wishesForAddress } from './wishes.ts'

/** What a caller may be told of. */
export interface ServeEvents {
  /** The first address, once it answers. */
  readonly onAddress?: (address: string) => void
}

/**
 * Serves the application of this process until it is asked to end, and answers the exit code. Addresses go to stdout,
 * a line each; everything else to stderr.
 */
export async function serve(argv: readonly string[], events: ServeEvents = {}): Promise<number> {
  // A reader that leaves is no reason to end.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined)
  try {
    const options = parseOptions(argv, process.env)
    if (options === null) process.stdout.write(helpText)
    else await serveApplication(options, events)
    return 0
  } catch (error) {
    const failure = toAppError(error)
    say(failureText(failure))
    return exitCodeOf(failure.code)
  }
}

async function serveApplication(options: ServeOptions, events: ServeEvents): Promise<void> {
  const files = new StaticFiles(options.renderer)
  const jobs = new RunningJobs()
  const host = createBrowserHost(options, { env: process.env, say, onJob: (id, isRunning) => jobs.note(id, isRunning) })
  const application = await openApplication({ home: options.home, host })
  application.subscribe('job.updated', (job) => jobs.name(job))
  try {
    await serveUntilEnd(application, files, options, events)
  } catch (error) {
    await application.close({ cancelJobs: true })
    throw error
  }
  const titles = jobs.titles
  if (titles.length > 0) say(`Cancelling: ${titles.join('; ')}. Once more (Ctrl-C) leaves at once.`)
  await application.close({ cancelJobs: true })
}

async function serveUntilEnd(
  application: Application,
  files: StaticFiles,
  { port }: ServeOptions,
  { onAddress }: ServeEvents,
): Promise<void> {
  const server = await startServer({ application, files, port, report })
  const stopListening = wishesForAddress(() => void process.stdout.write(`${server.newAddress()}\n`))
  const address = server.newAddress()
  const end = untilAskedToEnd(() => {
    say('Left without waiting. The next start of Holdfast sweeps what a job left behind.')
    process.exit(exitCodeOf('CANCELLED'))
  })
  process.stdout.write(`${address}\n`)
  say('Open this address in a browser of this machine; it works once. Enter prints another, Ctrl-C ends.')
  onAddress?.(address)
  await end
  stopListening()
  await server.close()
}

function report(error: unknown): void {
  say(error instanceof Error ? (error.stack ?? error.message) : String(error))
}

function say(line: string): void {
  process.stderr.write(`${line}\n`)
}

function failureText({ message, detail, remedy }: AppError): string {
  return [message, detail, remedy].filter((line) => line !== null && line !== '').join('\n  ')
}
