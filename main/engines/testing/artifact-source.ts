import { createHash } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { ulid } from 'ulid'
import { BackupId, type EngineId } from '../../../preload/contract/index.ts'
import type { ArtifactSource, DumpReport, Manifest } from '../engine.ts'

/** What a test knows about a dump that it holds in memory. */
export interface DumpInMemory {
  readonly engine: EngineId
  readonly database: string
  readonly format: string
  readonly bytes: Uint8Array
  readonly report: DumpReport
}

/** How reading the source goes wrong. */
export interface SourceFault {
  /** Hands out only so many bytes. */
  readonly afterBytes: number
  /** Then throws this, waits for the signal (`hang`), or just ends (`end`), as if the rest had never been. */
  readonly ending: Error | 'hang' | 'end'
}

const chunkBytes = 256 * 1024

/** A verified backup made of bytes in memory: what `engine.restore` gets. */
export function sourceOf(dump: DumpInMemory, fault: SourceFault | null = null): ArtifactSource {
  async function* read(signal: AbortSignal): AsyncGenerator<Uint8Array> {
    const endBytes = Math.min(fault?.afterBytes ?? dump.bytes.length, dump.bytes.length)
    for (let at = 0; at < endBytes; at += chunkBytes) {
      signal.throwIfAborted()
      yield Buffer.from(dump.bytes.subarray(at, Math.min(at + chunkBytes, endBytes)))
    }
    if (fault === null || fault.ending === 'end') return
    if (fault.ending instanceof Error) throw fault.ending
    await new Promise<never>((_resolve, reject) => {
      const stop = () => reject(signal.reason as Error)
      if (signal.aborted) stop()
      else signal.addEventListener('abort', stop, { once: true })
    })
  }
  return {
    manifest: manifestOf(dump),
    facts: dump.report.facts,
    open: read,
    toFile: async (context) => {
      const parts: Uint8Array[] = []
      for await (const part of read(context.signal)) parts.push(part)
      const path = join(context.runDirectory, `source-${ulid()}`)
      await writeFile(path, Buffer.concat(parts), { mode: 0o600 })
      return path
    },
  }
}

/** A manifest that says of `dump` what a real one would, without a signature that anybody could check. */
export function manifestOf(dump: DumpInMemory): Manifest {
  const sha256 = createHash('sha256').update(dump.bytes).digest('hex')
  const now = new Date().toISOString()
  return {
    holdfast: 'backup-manifest',
    version: 1,
    id: BackupId.parse(ulid()),
    installation: 'test',
    appVersion: '0.0.0',
    engine: dump.engine,
    format: dump.format,
    content: 'full',
    scope: 'full',
    kind: 'backup',
    trigger: 'manual',
    name: null,
    description: null,
    createdBy: null,
    connection: { id: 'test', name: 'test', environment: 'development' },
    database: dump.database,
    server: dump.report.server,
    tools: [...dump.report.tools],
    argv: dump.report.argv.map((line) => [...line]),
    settings: { ...dump.report.settings },
    startedAt: now,
    finishedAt: now,
    durationMs: 0,
    artifact: 'test.artifact',
    compression: { name: 'none', level: null },
    encryption: null,
    plaintextBytes: dump.bytes.length,
    plaintextSha256: sha256,
    artifactBytes: dump.bytes.length,
    artifactSha256: sha256,
    warnings: [...dump.report.warnings],
    fingerprintKeyId: null,
    contents: {
      archive: { format: dump.format, objects: [], notCovered: [] },
      facts: dump.report.facts,
      fingerprintKey: null,
    },
    sealed: null,
    restoreByHand: [],
    auditHead: null,
    signature: { algorithm: 'Ed25519', publicKey: '', value: '' },
  }
}
