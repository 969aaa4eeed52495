import { Writable } from 'node:stream'
import { AppError } from '../../../preload/contract/index.ts'
import type { ChosenTool } from '../../tools/choose-tool.ts'
import { runTool } from '../../tools/run-tool.ts'
import type { DumpRequest, InventoryObject, JobContext } from '../engine.ts'
import { dumpArgs, toolSettings, type DumpSettings } from './args.ts'
import { readEntries, type ArchiveEntry } from './archive-entries.ts'
import { definitionsNeed, needsOf } from './dump-needs.ts'
import { isSelection, selectForDump } from './dump-selection.ts'
import type { Endpoint } from './endpoint.ts'
import { explainToolFailure } from './errors.ts'
import { writePassFile } from './pass-file.ts'
import { applicationNameOf, failureContext } from './session.ts'

/** What a dump holds, and what a database must hold for it. */
export interface DumpScope {
  /** Flags of `pg_dump` besides the usual ones. */
  readonly flags: readonly string[]
  readonly rowless: readonly string[]
  readonly needs: readonly string[]
  readonly holds: (object: InventoryObject) => boolean
}

/** What a scope is worked out from. */
export interface DumpSource {
  readonly endpoint: Endpoint
  readonly tool: ChosenTool['tool']
  readonly snapshot: string
  readonly settings: DumpSettings
  readonly inventory: readonly InventoryObject[]
}

/**
 * Which part of the database is dumped. Whether it restores alone is read from the structure that `pg_dump` gives with the same flags
 * in the same snapshot, not from what the flags ought to do.
 */
export async function scopeOfDump(source: DumpSource, request: DumpRequest, context: JobContext): Promise<DumpScope> {
  const { content } = request
  if (request.comparableWith !== null || !isSelection(request)) {
    const needs = content === 'data' ? [definitionsNeed] : []
    return { flags: [], rowless: [], needs, holds: () => true }
  }
  context.report({ stage: 'dump', item: 'what the selection needs' })
  const whole = await readStructure(source, request, [], context)
  const hasLargeObjects = source.inventory.some(({ kind }) => kind === 'large-objects')
  const selection = selectForDump(whole, request, { hasLargeObjects })
  for (const sentence of selection.added) context.log('info', sentence)
  const { flags, rowless, holds } = selection
  assertFits(flags, process.platform)
  const dumped = await readStructure(source, request, flags, context)
  return { flags, rowless, needs: needsOf({ whole, dumped, rowless, content }), holds }
}

/** Bytes that the arguments of one program may have, with room for its environment. */
const commandLineBytes: Partial<Record<NodeJS.Platform, number>> = { win32: 30_000, darwin: 800_000 }
const usualCommandLineBytes = 1_500_000

/** `UNSUPPORTED` where so many objects are left out that their names don't fit on a command line. Pure. */
export function assertFits(flags: readonly string[], platform: NodeJS.Platform): void {
  const bytes = flags.reduce((sum, flag) => sum + Buffer.byteLength(flag) + 16, 0)
  if (bytes <= (commandLineBytes[platform] ?? usualCommandLineBytes)) return
  throw new AppError(
    'UNSUPPORTED',
    `This selection leaves out ${String(flags.length)} objects by name, too many for one command line.`,
    {
      remedy: 'Choose whole schemas, or more of the tables.',
    },
  )
}

/** The entries of the structure that `pg_dump` gives with these flags. */
async function readStructure(
  { endpoint, tool, snapshot, settings }: DumpSource,
  request: DumpRequest,
  flags: readonly string[],
  context: JobContext,
): Promise<readonly ArchiveEntry[]> {
  const chunks: Buffer[] = []
  const sink = new Writable({
    write(chunk: Buffer, _encoding, done) {
      chunks.push(Buffer.from(chunk))
      done()
    },
  })
  const passFile = await writePassFile(endpoint, context.runDirectory)
  try {
    await runTool({
      path: tool.path,
      args: dumpArgs(endpoint, request.database, snapshot, settings, 'schema', { flags }),
      env: toolSettings(endpoint, applicationNameOf(context.jobId), passFile?.path ?? null),
      jobId: context.jobId,
      signal: context.signal,
      redact: (text) => context.redact(text),
      stdout: sink,
      onStdoutBytes: () => context.moved(),
      explain: (exit) =>
        explainToolFailure(
          { tool: tool.name, ...exit, otherwise: 'TOOL_FAILED' },
          failureContext(endpoint, request.database),
        ),
    })
  } finally {
    await passFile?.remove()
  }
  return readEntries(inOrder(chunks))
}

async function* inOrder(chunks: readonly Buffer[]): AsyncGenerator<Uint8Array> {
  for (const chunk of chunks) yield await Promise.resolve(chunk)
}
