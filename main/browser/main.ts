/** The program that serves the window on loopback. Only the version check is here, so that an old Node.js reaches it. */
import type { ServeEvents } from './serve.ts'

const oldest = 24
const major = Number.parseInt(process.versions.node, 10)

/** Serves until it is asked to end; answers the exit code. What is needed is loaded now. */
export async function serve(argv: readonly string[], events: ServeEvents = {}): Promise<number> {
  const program = await import('./serve.ts')
  return await program.serve(argv, events)
}

if (major < oldest) {
  process.stderr.write(
    `Node.js ${oldest} or newer is needed; this is ${process.versions.node} (${process.execPath}).\n`,
  )
  process.exit(1)
}
if (import.meta.main) process.exit(await serve(process.argv.slice(2)))
