import { rmSync, statSync, writeFileSync } from 'node:fs'
import { arch, cpus, platform, release, totalmem } from 'node:os'
import { join } from 'node:path'
import { AppError, toAppError, type Handlers, type Job, type ToolsReport } from '../../../preload/contract/index.ts'
import type { Core } from '../core.ts'
import { codeOf, folderProblem } from '../folder-errors.ts'
import { appVersion } from '../version.ts'
import { doctorHandlers } from './doctor.ts'
import { toolHandlers } from './tools.ts'

const newestJobs = 200

/** What somebody who looks into a problem needs to know, without anything that belongs to the person who has it. */
export function diagnosticsHandlers(core: Core): Pick<Handlers, 'app.diagnostics'> {
  return {
    'app.diagnostics': async ({ directory }) => {
      const folder = core.paths.resolve(directory)
      if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true) {
        throw new AppError('USAGE', `${folder} is no folder.`, { remedy: 'Name a folder that exists.' })
      }
      const at = new Date().toISOString()
      const file = join(folder, `holdfast-diagnostics-${at.slice(0, 19).replaceAll(':', '-')}.json`)
      const text = `${JSON.stringify(await collect(core, at), null, 2)}\n`
      writeNew(file, core.redactor.redact(text.replaceAll(core.userHome, '~')))
      return { file }
    },
  }
}

/** Nothing half-written stays, and no other file is replaced. */
function writeNew(file: string, text: string): void {
  try {
    writeFileSync(file, text, { flag: 'wx', mode: 0o600 })
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') rmSync(file, { force: true })
    throw folderProblem(file, error)
  }
}

async function collect(core: Core, at: string) {
  const { catalog } = core
  const tools = await toolHandlers(core)['tools.list']({})
  const doctor = await doctorHandlers(core)['doctor.run']({})
  const totals = catalog.backups.totals()
  const connections = catalog.connections.list()
  return {
    about:
      'Made by Holdfast for a report. It holds no passwords, no names of databases, servers or files, and no rows. Look through it before you send it.',
    at,
    holdfast: { version: appVersion, host: core.host.kind },
    system: {
      platform: platform(),
      release: release(),
      arch: arch(),
      processors: cpus().length,
      memoryBytes: totalmem(),
      node: process.version,
      variables: Object.keys(process.env)
        .filter((name) => name.startsWith('HOLDFAST_'))
        .toSorted(),
    },
    secrets: await secretsState(core),
    catalog: {
      backups: totals.backups,
      storedBytes: totals.storedBytes,
      wasRebuilt: catalog.rebuildReason !== null,
      connections: countBy(connections.map(({ engine, environment }) => `${engine}, ${environment}`)),
      destinations: countBy(catalog.destinations.list().map(({ type }) => type)),
      restores: countBy(catalog.restores.list(1_000).map(({ mode, state }) => `${mode}, ${state}`)),
    },
    tools: versionsOf(tools),
    // What they say names databases and folders; whether they passed does not.
    doctor: doctor.checks.map(({ name, outcome }) => ({
      name: /^(?:connection|destination)(?= )/u.exec(name)?.[0] ?? name,
      outcome,
    })),
    jobs: catalog.jobs.list(newestJobs).map(jobFacts),
  }
}

async function secretsState(core: Core): Promise<unknown> {
  try {
    return await core.secrets.store.status()
  } catch (error) {
    return { failed: toAppError(error).code }
  }
}

function versionsOf({ from, tools }: ToolsReport) {
  return {
    from,
    found: tools.map(({ name, found, rejected }) => ({
      name,
      versions: found.map(({ version, flavour }) => `${flavour} ${version}`),
      rejected: rejected.length,
    })),
  }
}

function jobFacts({ kind, status }: Job) {
  const startedAt = 'startedAt' in status ? status.startedAt : null
  const finishedAt = 'finishedAt' in status ? status.finishedAt : null
  return {
    kind,
    state: status.state,
    startedAt,
    durationMs: startedAt === null || finishedAt === null ? null : Date.parse(finishedAt) - Date.parse(startedAt),
    error: status.state === 'failed' ? status.error.code : null,
  }
}

function countBy(words: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const word of words) counts[word] = (counts[word] ?? 0) + 1
  return counts
}
