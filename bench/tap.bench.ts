import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import { ulid } from 'ulid'
import { JobId } from '../preload/contract/index.ts'
import { generateIdentity } from '../main/artifact/keys.ts'
import { writeArtifact } from '../main/artifact/write-artifact.ts'
import { Secret, type Access, type JobContext } from '../main/engines/engine.ts'
import { postgresqlEngine } from '../main/engines/postgresql/postgresql-engine.ts'
import type { PostgresProfile } from '../main/engines/postgresql/profile.ts'
import { customReader } from '../main/engines/postgresql/reader/custom-reader.ts'
import type { PostgresServer } from '../e2e/servers/postgres-cluster.ts'
import { median, settle, type Row } from './harness.ts'

/** What counts and fingerprints cost a backup: the same dump through the same stream, with the reader as a tap and without. */
export async function tapRow(server: PostgresServer, database: string, runs: number): Promise<Row> {
  const seconds = { on: [] as number[], off: [] as number[] }
  for (let run = 0; run < runs; run += 1) {
    for (const tap of ['off', 'on'] as const) {
      await settle()
      seconds[tap].push(await dumpSeconds(server, database, tap === 'on'))
    }
  }
  const cost = Math.max(0, (median(seconds.on) / median(seconds.off) - 1) * 100)
  return {
    what: 'counts and fingerprints: what they cost a backup at zstd 3 with age',
    measured: `${cost.toFixed(0)} % (${median(seconds.on).toFixed(1)} against ${median(seconds.off).toFixed(1)} s)`,
    value: cost,
    limit: 15,
    goal: 3,
    isCeiling: true,
  }
}

async function dumpSeconds(server: PostgresServer, database: string, hasTap: boolean): Promise<number> {
  const { host, port, user, password } = server
  const access: Access<PostgresProfile> = { profile: { host, port, user, database }, secret: Secret.of(password) }
  const runDirectory = mkdtempSync(join(tmpdir(), 'holdfast-bench-tap-'))
  const { signal } = new AbortController()
  const context: JobContext = {
    jobId: JobId.parse(ulid()),
    signal,
    runDirectory,
    report: () => undefined,
    moved: () => undefined,
    log: () => undefined,
    redact: (text) => text,
    assertOwner: () => undefined,
  }
  const { recipient } = await generateIdentity()
  const start = performance.now()
  try {
    await writeArtifact({
      produce: (sink) =>
        postgresqlEngine.dump(
          access,
          { database, format: 'custom', content: 'full', include: [], exclude: [], comparableWith: null },
          sink,
          context,
        ),
      reader: hasTap ? customReader : null,
      fingerprintKey: { id: 'bench', bytes: new Uint8Array(16) },
      compression: { name: 'zstd', level: 3 },
      recipients: [recipient],
      writers: [{ destination: 'nowhere', writer: discard() }],
      signal,
      report: () => undefined,
    })
    return (performance.now() - start) / 1_000
  } finally {
    rmSync(runDirectory, { recursive: true })
  }
}

function discard() {
  const stream = new Writable({
    write(_chunk, _encoding, done) {
      done()
    },
  })
  return { stream, commit: () => Promise.reject(new Error('nothing is kept')), abort: () => Promise.resolve() }
}
