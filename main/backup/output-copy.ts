import { readdir, unlink } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { z } from 'zod'
import { AppError, toAppError, type Warning } from '../../preload/contract/index.ts'
import { manifestNameOf } from '../artifact/manifest-file.ts'
import { publishCopies } from '../artifact/publish.ts'
import type { WrittenArtifact } from '../artifact/write-artifact.ts'
import { Secret, type ObjectWriter, type OpenDestination } from '../destinations/destination.ts'
import type { JobContext } from '../jobs/context.ts'
import type { Workbench } from '../workbench/workbench.ts'

/** One more copy of a backup, at a path that a person named. It stands in no destination: the catalog doesn't count it. */
export interface OutputCopy {
  readonly path: string
  /** The file's name inside its folder. */
  readonly name: string
  readonly open: OpenDestination
  /** null where it could not be begun. */
  readonly writer: ObjectWriter | null
  readonly error: AppError | null
}

const outputData = z.object({ output: z.string() })

/** How the output is named among the writers of a backup. */
export const outputLabel = 'the output file'

/**
 * Refuses, before anything runs, an output path whose file or manifest is there already (`ALREADY_EXISTS`), or whose folder is
 * missing (`DESTINATION_UNAVAILABLE`). `path` is absolute.
 */
export async function assertOutputIsFree(open: OpenDestination, path: string): Promise<void> {
  const name = basename(path)
  for (const each of [name, manifestNameOf(name)]) {
    if ((await open.stat(each)) === null) continue
    throw new AppError('ALREADY_EXISTS', `${open.locate(each)} is there already.`, {
      remedy: 'Nothing was overwritten. Name another file with --output.',
    })
  }
}

/** Opens the folder of an output path as a local destination. */
export function outputFolder(bench: Pick<Workbench, 'destination'>, path: string): OpenDestination {
  return bench.destination('local').open({ path: dirname(path) }, Secret.none())
}

/** Begins the output copy, where one is wanted. One that fails is kept with its error: the backup goes on. */
export async function beginOutput(
  bench: Workbench,
  path: string | null,
  context: JobContext,
): Promise<OutputCopy | null> {
  if (path === null) return null
  const open = outputFolder(bench, path)
  const copy = { path, name: basename(path), open }
  try {
    await assertOutputIsFree(open, path)
    bench.catalog.leftovers.add({
      jobId: context.jobId,
      kind: 'partial',
      connectionId: null,
      destinationId: null,
      data: { output: path },
    })
    return { ...copy, writer: await open.create(copy.name, { runId: context.jobId }), error: null }
  } catch (error) {
    return { ...copy, writer: null, error: toAppError(error) }
  }
}

/**
 * Makes the output copy visible by the same rule as every other one: renamed, read back, its manifest last. Answers the warning
 * of one that failed; nothing of it is left then.
 */
export async function publishOutput(
  output: OutputCopy | null,
  written: Pick<WrittenArtifact<unknown>, 'copies' | 'artifactBytes' | 'artifactSha256'>,
  manifest: { readonly bytes: Uint8Array },
  context: JobContext,
): Promise<readonly Warning[]> {
  if (output === null) return []
  const { path, name, open, writer } = output
  const wrote = written.copies.find((copy) => copy.writer === writer)
  const failed = output.error ?? (wrote?.outcome === 'written' ? null : wrote?.error) ?? null
  if (failed !== null || writer === null) return [warningOf(path, failed, context)]
  const [published] = await publishCopies({
    name,
    artifactBytes: written.artifactBytes,
    artifactSha256: written.artifactSha256,
    manifest: manifest.bytes,
    copies: [{ destination: outputLabel, store: open, writer, isLocal: true }],
    runId: context.jobId,
    assertOwner: () => context.assertOwner(),
    signal: context.signal,
  })
  if (published?.state === 'stored') {
    context.log('info', `Also written to ${path}, with its manifest beside it.`)
    return []
  }
  return [warningOf(path, published?.error ?? null, context)]
}

function warningOf(path: string, error: AppError | null, context: JobContext): Warning {
  const why = error?.message ?? 'It was not written to its end.'
  context.log(
    'error',
    [`${path}: ${why}`, error?.detail].filter((part) => part !== undefined && part !== null).join('\n'),
  )
  return { code: 'OUTPUT_FAILED', message: `The copy at ${path} was not made. ${why}` }
}

/** What a job that was killed left of its output copy. Answers a line for people; null where nothing was left, or it had none. */
export async function cleanOutput(jobId: string, data: unknown): Promise<string | null> {
  const { data: left } = outputData.safeParse(data)
  if (left === undefined) return null
  const folder = dirname(left.output)
  const partials = (await namesIn(folder)).filter((name) => name.startsWith('.') && name.endsWith(`.${jobId}.partial`))
  for (const name of partials) await unlink(join(folder, name))
  return partials.length === 0 ? null : `A partial copy of job ${jobId} was removed from ${folder}.`
}

async function namesIn(folder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder)
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return []
    throw error
  }
}
