import { randomBytes } from 'node:crypto'
import { AppError } from '../../../preload/contract/index.ts'
import type { ChosenTool } from '../../tools/choose-tool.ts'
import { findTools } from '../../tools/find-tools.ts'
import { runTool } from '../../tools/run-tool.ts'
import type { Access, ArtifactSource, JobContext, RestoreReport, RestoreRequest } from '../engine.ts'
import { scanScript, type ScriptRange, type ScriptReport } from '../plain-sql/scan.ts'
import { connectionArgs, toolSettings } from './args.ts'
import { BackslashWatch } from './backslash-watch.ts'
import { needsSuperuser, prepareDrill, type Drill } from './drill.ts'
import { resolveEndpoint, type Endpoint } from './endpoint.ts'
import { explainToolFailure } from './errors.ts'
import { endSessionsAfterFailure } from './job-sessions.ts'
import { writePassFile } from './pass-file.ts'
import { PlainOmissions } from './plain-omissions.ts'
import type { PostgresProfile } from './profile.ts'
import { choosePsql, psqlGuard, type ScriptTraits } from './psql-tool.ts'
import type { Run } from './restore-run.ts'
import { analyze, startHeartbeat } from './restore.ts'
import { applicationNameOf, failureContext } from './session.ts'
import { openTarget } from './target-checks.ts'

/**
 * See `Engine.restore`, for a script: it is looked through first (`UNSAFE_SCRIPT`), then psql gets it in one transaction, which is
 * committed only after the last byte was the recorded one. Its own marks of transactions are left out.
 */
export async function restorePlain(
  access: Access<PostgresProfile>,
  request: RestoreRequest,
  source: ArtifactSource,
  context: JobContext,
): Promise<RestoreReport> {
  if (
    request.content !== source.manifest.content ||
    request.content === 'data' ||
    request.include.length > 0 ||
    request.exclude.length > 0
  ) {
    throw new AppError('UNSUPPORTED', 'An SQL script is restored as a whole, or not at all.', {
      remedy: 'Restore the whole script into a new database.',
    })
  }
  const endpoint = resolveEndpoint(access)
  const { target, isDrill } = request
  const omissions = new PlainOmissions(isDrill)
  const { report, traits } = await look(source, omissions, context)
  const check = await openTarget(endpoint, target, {
    applicationName: applicationNameOf(context.jobId),
    signal: context.signal,
  })
  let drill: Drill | null = null
  try {
    drill = isDrill ? await prepareDrill(check, target, source, context) : null
  } finally {
    await check.end()
  }
  // The client may put the name of the database wherever a script says :DBNAME.
  const isPlainName = !target.database.includes('\\')
  const seen = isPlainName ? traits : { liftsRestriction: true, hasBackslashes: true }
  const chosen = choosePsql(await findTools('psql'), check.versionNumber, seen)
  context.log('info', chosen.why)
  const login = drill?.endpoint ?? endpoint
  const args = psqlArgs(login, target.database)
  const run: Run = {
    endpoint,
    tool: chosen.tool,
    source,
    archive: null,
    context,
    failure: failureContext(login, target.database),
  }
  const passFile = await writePassFile(login, context.runDirectory)
  try {
    await runPsql(run, login, args, report.leftOut, chosen, passFile?.path ?? null)
    await drill?.settle()
    if (!isDrill) await analyze(run, request)
    return {
      tools: [{ name: chosen.tool.name, version: chosen.tool.version }],
      argv: [[chosen.tool.path, ...args]],
      warnings: [],
      leftOut: omissions.leftOut,
      ...(login === endpoint
        ? {}
        : { restorer: { ...access, profile: { ...access.profile, user: login.user }, secret: login.password } }),
    }
  } catch (error) {
    await endSessionsAfterFailure(endpoint, context.jobId, (message) => context.log('warning', message))
    context.signal.throwIfAborted()
    if (login !== endpoint && error instanceof AppError && error.code === 'PERMISSION_DENIED')
      throw needsSuperuser(error)
    throw error
  } finally {
    await passFile?.remove()
  }
}

/** The arguments of psql for a script on standard input. Pure. */
export function psqlArgs(endpoint: Endpoint, database: string): readonly string[] {
  return [
    '--no-psqlrc',
    '--quiet',
    '--set=ON_ERROR_STOP=1',
    '--set=ECHO=none',
    '--file=-',
    ...connectionArgs(endpoint, database),
  ]
}

async function look(
  source: ArtifactSource,
  omissions: PlainOmissions,
  context: JobContext,
): Promise<{ readonly report: ScriptReport; readonly traits: ScriptTraits }> {
  const watch = new BackslashWatch()
  let bytes = 0
  async function* watched(): AsyncGenerator<Uint8Array> {
    for await (const chunk of source.open(context.signal)) {
      watch.write(chunk)
      bytes += chunk.length
      context.report({ stage: 'decode', bytes, totalBytes: source.manifest.plaintextBytes })
      yield chunk
    }
  }
  const report = await scanScript(watched(), {
    signal: context.signal,
    omits: (statement) => omissions.omits(statement),
  })
  const errors = report.findings.filter(({ severity }) => severity === 'error')
  if (errors.length > 0) {
    throw new AppError('UNSAFE_SCRIPT', 'The script holds what may do harm or cannot be restored. Nothing of it ran.', {
      detail: errors.map(({ code, message, fix }) => `${code}: ${message} ${fix}`).join('\n'),
      remedy: 'Mend the file that it was made from, and import it again.',
    })
  }
  return { report, traits: watch.end(report.hasRestriction) }
}

async function runPsql(
  run: Run,
  login: Endpoint,
  args: readonly string[],
  leftOut: readonly ScriptRange[],
  { tool }: ChosenTool,
  passFile: string | null,
): Promise<void> {
  const { source, context } = run
  const isGuarded = psqlGuard(tool) !== 'none'
  const heartbeat = startHeartbeat(run)
  try {
    await runTool({
      path: tool.path,
      args,
      env: toolSettings(login, applicationNameOf(context.jobId), passFile),
      jobId: context.jobId,
      signal: context.signal,
      redact: (text) => context.redact(text),
      stdin: (signal) => inOneTransaction(source.open(signal), leftOut, isGuarded),
      onStdinBytes: (bytes) =>
        context.report({ stage: 'restore', item: null, bytes, totalBytes: source.manifest.plaintextBytes }),
      explain: (exit) => explainToolFailure({ tool: tool.name, ...exit, otherwise: 'RESTORE_FAILED' }, run.failure),
    })
  } finally {
    await heartbeat.stop()
  }
}

/**
 * What psql reads. The commit comes behind the last byte: whoever hands the bytes out throws before that where they aren't the recorded
 * ones. (`--single-transaction` would commit at an early end.) Pieces that are left out become white space, so that lines keep their
 * numbers, but for the two before them.
 */
export async function* inOneTransaction(
  script: AsyncIterable<Uint8Array>,
  leftOut: readonly ScriptRange[],
  isGuarded: boolean,
): AsyncGenerator<Uint8Array> {
  const guard = isGuarded ? `\\restrict ${randomBytes(24).toString('hex')}\n` : '\n'
  yield Buffer.from(`${guard}BEGIN;\n`)
  let offset = 0
  let index = 0
  for await (const chunk of script) {
    const bytes = Buffer.from(chunk)
    const end = offset + bytes.length
    for (let range = leftOut[index]; range !== undefined && range.start < end; range = leftOut[index]) {
      blank(bytes, Math.max(0, range.start - offset), Math.min(bytes.length, range.end - offset))
      if (range.end > end) break
      index += 1
    }
    offset = end
    yield bytes
  }
  yield Buffer.from('\n;\nCOMMIT;\n')
}

function blank(bytes: Buffer, from: number, to: number): void {
  for (let at = from; at < to; at += 1) if (bytes[at] !== 0x0a) bytes[at] = 0x20
}
