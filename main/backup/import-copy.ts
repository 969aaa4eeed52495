import { AppError } from '../../preload/contract/index.ts'
import { publishCopies } from '../artifact/publish.ts'
import type { DestinationRow } from '../catalog/catalog.ts'
import type { ObjectWriter, OpenDestination } from '../destinations/destination.ts'
import type { JobContext } from '../engines/engine.ts'
import type { Workbench } from '../workbench/workbench.ts'

/** Begins an object at a destination, noted before it is made. */
export async function begin(
  bench: Workbench,
  destination: OpenDestination,
  row: DestinationRow,
  name: string,
  context: JobContext,
): Promise<ObjectWriter> {
  bench.catalog.leftovers.add({
    jobId: context.jobId,
    kind: 'artifact',
    connectionId: null,
    destinationId: row.id,
    data: { name },
  })
  return destination.create(name, { runId: context.jobId })
}

/** A complete copy that is to be published. */
export interface OneCopy {
  readonly name: string
  readonly row: DestinationRow
  readonly destination: OpenDestination
  readonly writer: ObjectWriter
  readonly manifestBytes: Uint8Array
  readonly bytes: number
  readonly sha256: string
}

/** Publishes one copy with its manifest; throws where that failed. */
export async function publishOne(bench: Workbench, copy: OneCopy, context: JobContext): Promise<void> {
  const [published] = await publishCopies({
    name: copy.name,
    artifactBytes: copy.bytes,
    artifactSha256: copy.sha256,
    manifest: copy.manifestBytes,
    copies: [
      {
        destination: copy.row.name,
        store: copy.destination,
        writer: copy.writer,
        isLocal: bench.destination(copy.row.type).isLocal,
      },
    ],
    runId: context.jobId,
    assertOwner: () => context.assertOwner(),
    signal: context.signal,
  })
  if (published?.state !== 'stored')
    throw published?.error ?? new AppError('DESTINATION_FAILED', 'The copy could not be stored.')
}
