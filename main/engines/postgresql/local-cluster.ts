import { randomBytes } from 'node:crypto'
import { chown, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { AppError } from '../../../preload/contract/index.ts'
import { captureTool } from '../../tools/capture-tool.ts'
import { chooseTool } from '../../tools/choose-tool.ts'
import { findTools } from '../../tools/find-tools.ts'
import { startServer, type RunningServer } from '../../tools/run-server.ts'
import { writeSecretFile } from '../../tools/secret-file.ts'
import { unprivilegedAccount, type Account } from '../../tools/unprivileged-account.ts'
import {
  Secret,
  type Access,
  type DatabaseFacts,
  type JobContext,
  type LocalScratch,
  type LocalScratchRequest,
  type LocalServer,
  type Manifest,
} from '../engine.ts'
import { assertRoom, neededBytes } from './drill-space.ts'
import { resolveEndpoint } from './endpoint.ts'
import { clusterSettings, settingsFile } from './local-cluster-settings.ts'
import type { PostgresProfile } from './profile.ts'
import { quoteIdentifier } from './quoting.ts'
import { dumpMajorOf } from './restore.ts'
import { applicationNameOf, openSession, type Session } from './session.ts'
import { majorOf } from './tools.ts'

const superuser = 'holdfast'
/** Only part of the socket's name: nothing listens on it. */
const port = 5432
const initTimeoutMs = 120_000
const startTimeoutMs = 60_000
/** At an immediate shutdown the server waits this long for its own processes before it kills them. */
const stopGraceMs = 800
const pollMs = 50

/** A PostgreSQL cluster of its own for a restore test: made by `initdb`, reachable through a socket in a closed folder alone. */
export const postgresLocalScratch: LocalScratch<PostgresProfile> = { start: startLocalCluster }

async function startLocalCluster(
  { manifest, facts, folder }: LocalScratchRequest,
  context: JobContext,
): Promise<LocalServer<PostgresProfile>> {
  if (process.platform === 'win32') {
    throw new AppError('UNSUPPORTED', 'This version starts no PostgreSQL server of its own on Windows.', {
      remedy: 'Name a connection to another server with --scratch <connection>.',
    })
  }
  const { initdb, major, why } = await chooseServer(manifest)
  context.log('info', why)
  const account = unprivilegedAccount()
  await assertRoom(folder, neededBytes(manifest, facts))
  if (account !== null) await chown(folder, account.uid, account.gid)
  const password = randomBytes(24).toString('hex')
  const data = join(folder, 'data')
  await initialise({ initdb, data, folder, password, account }, context)
  await appendSettings(data, settingsFile(clusterSettings(folder, major)), account)
  const server = await startServer({
    path: join(dirname(initdb), 'postgres'),
    args: ['-D', data],
    jobId: context.jobId,
    account,
    redact: (text) => context.redact(text),
  })
  const stop = () => server.stop('SIGQUIT', stopGraceMs)
  const access: Access<PostgresProfile> = {
    profile: { host: folder, port, user: superuser, database: 'postgres', tls: 'disable' },
    secret: Secret.of(password),
  }
  try {
    const session = await waitUntilReady(access, server, context)
    try {
      await makeRoles(session, facts)
    } finally {
      await session.end()
    }
    await releaseMemorySegment(data, account, context)
    context.log('info', `A PostgreSQL ${String(major)} cluster for this restore test runs in ${folder}.`)
    return { access, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

interface ServerPrograms {
  readonly initdb: string
  readonly major: number
  readonly why: string
}

/** The closest server that takes what was dumped. Its `initdb` knows where its own `postgres` is: beside it. */
async function chooseServer(manifest: Manifest): Promise<ServerPrograms> {
  const source = majorOf(manifest.server.versionNumber)
  const dump = dumpMajorOf(manifest)
  const { tool, why } = chooseTool(await findTools('initdb'), {
    flavour: 'PostgreSQL',
    leastMajor: Math.max(source, dump),
    mostMajor: null,
    because: `the backup is of PostgreSQL ${String(source)}, made by pg_dump ${String(dump)}`,
    isOfServer: true,
  })
  return { initdb: tool.path, major: tool.major, why }
}

interface Initialisation {
  readonly initdb: string
  readonly data: string
  readonly folder: string
  readonly password: string
  readonly account: Account | null
}

async function initialise(
  { initdb, data, folder, password, account }: Initialisation,
  context: JobContext,
): Promise<void> {
  await mkdir(data, { mode: 0o700 })
  const passwordFile = await writeSecretFile(folder, 'password', `${password}\n`)
  if (account !== null) for (const path of [data, passwordFile.path]) await chown(path, account.uid, account.gid)
  try {
    await captureTool({
      path: initdb,
      args: [
        `--pgdata=${data}`,
        `--username=${superuser}`,
        `--pwfile=${passwordFile.path}`,
        '--auth=scram-sha-256',
        '--encoding=UTF8',
        // The scratch database gets the encoding and locale of its source; the cluster's own mean nothing to it.
        '--no-locale',
        '--no-sync',
      ],
      jobId: context.jobId,
      account,
      signal: context.signal,
      redact: (text) => context.redact(text),
      timeoutMs: initTimeoutMs,
      explain: ({ exitCode, signal, stderrTail }) =>
        new AppError('TOOL_FAILED', `initdb ended with ${signal ?? String(exitCode)}: no cluster could be made.`, {
          detail: stderrTail,
          remedy: 'The details show what it said. Name another server with --scratch <connection>.',
        }),
    })
  } catch (error) {
    throw account === null ? error : closedToAccount(error, account, initdb)
  } finally {
    await passwordFile.remove()
  }
}

/** A program that root may run, and the other user may not. */
function closedToAccount(error: unknown, account: Account, initdb: string): unknown {
  if (!(error instanceof AppError) || error.code !== 'TOOL_MISSING') return error
  return new AppError('TOOL_MISSING', `The user "${account.name}" cannot run ${initdb}, and root must not.`, {
    detail: error.detail,
    remedy: 'Put the server programs where every user may run them, or run Holdfast as an ordinary user.',
    cause: error,
  })
}

async function appendSettings(data: string, settings: string, account: Account | null): Promise<void> {
  const path = join(data, 'postgresql.auto.conf')
  await rm(path, { force: true })
  await writeFile(path, settings, { mode: 0o600, flag: 'wx' })
  if (account !== null) await chown(path, account.uid, account.gid)
}

async function waitUntilReady(
  access: Access<PostgresProfile>,
  server: RunningServer,
  context: JobContext,
): Promise<Session> {
  const endpoint = resolveEndpoint(access)
  const deadline = performance.now() + startTimeoutMs
  for (;;) {
    context.signal.throwIfAborted()
    try {
      return await openSession(endpoint, {
        database: endpoint.database,
        applicationName: applicationNameOf(context.jobId),
        signal: context.signal,
      })
    } catch (error) {
      const mayStillCome = error instanceof AppError && error.code === 'UNREACHABLE'
      if (mayStillCome && server.exit() === null && performance.now() < deadline) {
        await sleep(pollMs)
        continue
      }
      context.signal.throwIfAborted()
      throw notStarted(error, server)
    }
  }
}

function notStarted(cause: unknown, server: RunningServer): AppError {
  const exit = server.exit()
  const how = exit === null ? 'did not take a connection' : `ended with ${exit.signal ?? String(exit.exitCode)}`
  return new AppError('TOOL_FAILED', `The temporary PostgreSQL cluster ${how}.`, {
    detail: server.stderrTail() || (cause instanceof Error ? cause.message : null),
    remedy: 'The details show what it said. Name another server with --scratch <connection>.',
    cause,
  })
}

/** Policies name the roles that they are for. In a cluster of one's own these may be made, without any right. */
async function makeRoles(session: Session, facts: DatabaseFacts | null): Promise<void> {
  const known = await session.query<{ name: string }>('SELECT rolname::text AS name FROM pg_roles')
  const names = new Set(known.map(({ name }) => name))
  for (const role of facts?.roles ?? []) {
    if (!names.has(role) && !role.startsWith('pg_')) await session.query(`CREATE ROLE ${quoteIdentifier(role)} NOLOGIN`)
    names.add(role)
  }
}

/**
 * Marks the server's small System V segment as one that goes away with its last process, so that it does not stay when the
 * server is killed. Where that can't be had, an ordinary shutdown still removes it.
 */
async function releaseMemorySegment(data: string, account: Account | null, context: JobContext): Promise<void> {
  try {
    const pidFile = await readFile(join(data, 'postmaster.pid'), 'utf8')
    const segment = /^\s*\d+\s+(\d+)\s*$/.exec(pidFile.split('\n')[6] ?? '')?.[1]
    if (segment === undefined) return
    await captureTool({
      path: '/usr/bin/ipcrm',
      args: ['-m', segment],
      jobId: context.jobId,
      account,
      signal: context.signal,
      redact: (text) => context.redact(text),
      timeoutMs: 5_000,
      explain: ({ stderrTail }) => new AppError('TOOL_FAILED', 'ipcrm failed.', { detail: stderrTail }),
    })
  } catch (error) {
    context.signal.throwIfAborted()
    context.log(
      'debug',
      `The cluster's memory segment was not marked: ${error instanceof Error ? error.message : String(error)}`,
    )
  }
}
