import { dirname } from 'node:path'
import { chooseTool, type ChosenTool } from '../../tools/choose-tool.ts'
import { findTools, type FoundTool } from '../../tools/find-tools.ts'

/** `server_version_num` as people write it: 160014 is 16.14. Pure. */
export function versionText(versionNumber: number): string {
  return `${String(majorOf(versionNumber))}.${String(versionNumber % 10_000)}`
}

/** Pure. */
export function majorOf(versionNumber: number): number {
  return Math.floor(versionNumber / 10_000)
}

/** The `pg_dump` for a server of this version. `TOOL_MISSING`, `TOOL_TOO_OLD`. */
export async function chooseDumpTool(serverVersion: number): Promise<ChosenTool> {
  return chooseTool(await findTools('pg_dump'), {
    flavour: 'PostgreSQL',
    leastMajor: majorOf(serverVersion),
    mostMajor: null,
    because: `the server is PostgreSQL ${versionText(serverVersion)}`,
  })
}

/**
 * The `pg_restore` that reads what `pg_dump` of `dumpMajor` wrote, for a server of this version: the closest. What it sets and the
 * server does not know is left out (`known-settings.ts`). `TOOL_MISSING`, `TOOL_TOO_OLD`.
 */
export async function chooseRestoreTool(dumpMajor: number, serverVersion: number): Promise<ChosenTool> {
  const serverMajor = majorOf(serverVersion)
  return chooseTool(await findTools('pg_restore'), {
    flavour: 'PostgreSQL',
    leastMajor: Math.max(dumpMajor, serverMajor),
    mostMajor: null,
    because: `the backup was made by pg_dump ${String(dumpMajor)} and the server is PostgreSQL ${versionText(serverVersion)}`,
  })
}

/** The `psql` that belongs to this `pg_restore`: what one writes the other must read. `TOOL_MISSING`, `TOOL_TOO_OLD`. */
export async function choosePartnerPsql(restore: FoundTool): Promise<ChosenTool> {
  const search = await findTools('psql')
  const beside = search.found.filter(({ path }) => dirname(path) === dirname(restore.path))
  return chooseTool(beside.length === 0 ? search : { ...search, found: beside }, {
    flavour: 'PostgreSQL',
    leastMajor: restore.major,
    mostMajor: restore.major,
    because: `pg_restore is ${restore.version}`,
  })
}
