import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { afterEach, beforeEach } from 'vitest'
import { Hook, RestoreCheck, type Connection } from '../../../preload/contract/index.ts'
import { registries } from '../../app/registries.ts'
import { Audit } from '../../audit/audit.ts'
import { Catalog } from '../../catalog/catalog.ts'
import { connectionRecord } from '../../catalog/testing/records.ts'
import { startTestJob, type TestJob } from '../../engines/testing/job-context.ts'
import { openConnection, type OpenConnection, type Workbench } from '../../workbench/workbench.ts'

/** A catalog with one SQLite connection, and a job that works on it. */
export class Scene {
  readonly folder = mkdtempSync(join(tmpdir(), 'hf-hooks-'))
  readonly catalog: Catalog
  readonly job: TestJob
  readonly bench: Workbench
  readonly database: string
  readonly #servers: Server[] = []
  #row: Connection

  constructor(job: TestJob) {
    this.job = job
    this.database = join(this.folder, 'shop.sqlite')
    const file = new Database(this.database)
    file.exec("CREATE TABLE orders (id INTEGER, note TEXT); INSERT INTO orders VALUES (1, 'a'), (2, NULL)")
    file.close()
    this.catalog = Catalog.open({ home: this.folder, appVersion: '0', mode: 'owner' })
    this.#row = connectionRecord({ engine: 'sqlite', profile: { path: this.database }, secret: { from: 'none' } })
    this.catalog.connections.add(this.#row)
    this.bench = {
      ...registries,
      catalog: this.catalog,
      audit: new Audit({ catalog: this.catalog, redact: (text) => job.context.redact(text) }),
      home: this.folder,
      appVersion: '0',
      installation: this.catalog.installation,
      secrets: {
        connections: {},
        destinations: {},
        identities: [],
        recipients: [],
        signingSeed: '',
        fingerprintKey: { id: '', hex: '' },
      },
      trusted: { own: '', adopted: [], colleagues: [] },
    }
  }

  /** The connection with these hooks, as the door takes them. */
  withHooks(...hooks: readonly unknown[]): OpenConnection {
    return this.#change({ hooks: hooks.map((hook) => Hook.parse(hook)) })
  }

  /** The connection with these checks, as the door takes them. */
  withChecks(...checks: readonly unknown[]): OpenConnection {
    return this.#change({ checks: checks.map((check) => RestoreCheck.parse(check)) })
  }

  path(name: string): string {
    return join(this.folder, name)
  }

  /** An executable shell script. Answers its path. */
  script(name: string, ...lines: readonly string[]): string {
    writeFileSync(this.path(name), ['#!/bin/sh', ...lines, ''].join('\n'), { mode: 0o755 })
    return this.path(name)
  }

  /** A web server on a free port of this machine. Answers its address. */
  async serve(listener: RequestListener): Promise<string> {
    const server = createServer(listener)
    this.#servers.push(server)
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    return `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`
  }

  async close(): Promise<void> {
    for (const server of this.#servers) server.closeAllConnections()
    for (const server of this.#servers) server.close()
    this.catalog.close()
    await this.job.dispose()
    rmSync(this.folder, { recursive: true, force: true })
  }

  #change(change: Partial<Connection>): OpenConnection {
    this.#row = { ...this.#row, ...change }
    this.catalog.connections.update(this.#row)
    return openConnection(this.bench, this.#row)
  }
}

/** A scene for each test of the describe block that calls this. `secrets` are what the job's redaction removes. */
export function useScene(secrets: readonly string[] = []): () => Scene {
  let scene: Scene | null = null
  beforeEach(async () => {
    scene = new Scene(await startTestJob(secrets))
  })
  afterEach(async () => scene?.close())
  return () => {
    if (scene === null) throw new Error('The scene is there only while a test runs.')
    return scene
  }
}
