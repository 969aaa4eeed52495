import { rm } from 'node:fs/promises'
import { ulid } from 'ulid'
import { z } from 'zod'
import { AppError, ConnectionId, localClusterName } from '../../preload/contract/index.ts'
import type { Connection } from '../../preload/contract/index.ts'
import type { JobContext } from '../engines/engine.ts'
import { makeShortFolder } from '../jobs/run-directory.ts'
import type { OpenBackup } from '../workbench/open-backup.ts'
import { connectionById, openConnection, type OpenConnection, type Workbench } from '../workbench/workbench.ts'

/** Where a restore test is to run. */
export const ScratchChoice = z.discriminatedUnion('kind', [
  /** On the server that the backup came from. */
  z.object({ kind: z.literal('own') }),
  z.object({ kind: z.literal('connection'), id: ConnectionId }),
  /** On a server that Holdfast starts for it. */
  z.object({ kind: z.literal('local-cluster') }),
])
export type ScratchChoice = z.infer<typeof ScratchChoice>

/** The server for a restore test, opened. */
export interface ScratchServer {
  readonly on: OpenConnection
  /** Holdfast started it: nobody else's data is there. */
  readonly isLocalCluster: boolean
  /** After the test, whatever became of it. */
  close(): Promise<void>
}

/** Opens the chosen server, or starts one. The caller closes it. */
export async function openScratchServer(
  bench: Workbench,
  open: OpenBackup,
  choice: ScratchChoice,
  context: JobContext,
): Promise<ScratchServer> {
  if (choice.kind === 'local-cluster') return startLocalCluster(bench, open, context)
  const { manifest } = open
  const row = connectionById(
    bench,
    choice.kind === 'own' ? manifest.connection.id : choice.id,
    manifest.connection.name,
  )
  if (row.engine !== manifest.engine) {
    throw new AppError(
      'UNSUPPORTED',
      `A backup of ${manifest.engine} cannot be restored on "${row.name}", which is ${row.engine}.`,
      {
        remedy: `Name a ${manifest.engine} connection with --scratch.`,
      },
    )
  }
  return { on: openConnection(bench, row), isLocalCluster: false, close: () => Promise.resolve() }
}

async function startLocalCluster(bench: Workbench, open: OpenBackup, context: JobContext): Promise<ScratchServer> {
  const { manifest } = open
  const engine = bench.engine(manifest.engine)
  if (engine.localScratch === null) {
    throw new AppError('UNSUPPORTED', `${engine.label} has no temporary server of its own.`, {
      remedy: 'Leave out --scratch, or name a connection with it.',
    })
  }
  // Server programs refuse to run as root, and other users can't reach root's folders.
  const isOutside = process.getuid?.() === 0
  const folder = await makeShortFolder(context.runDirectory, 'cluster', { isOutside })
  try {
    const facts = open.contents?.facts ?? null
    const server = await engine.localScratch.start({ manifest, facts, folder }, context)
    return {
      on: { row: clusterRow(open), engine, access: server.access },
      isLocalCluster: true,
      close: async () => {
        await server.stop()
        await rm(folder, { recursive: true, force: true, maxRetries: 3 })
      },
    }
  } catch (error) {
    await rm(folder, { recursive: true, force: true, maxRetries: 3 })
    throw error
  }
}

/** The server is in no catalog: what is noted of it for recovery goes away with it. */
function clusterRow({ manifest }: OpenBackup): Connection {
  return {
    id: ConnectionId.parse(ulid()),
    name: localClusterName,
    engine: manifest.engine,
    environment: 'development',
    profile: {},
    secret: { from: 'none' },
    goalHours: 24,
    hooks: [],
    checks: [],
    createdAt: new Date().toISOString(),
  }
}
