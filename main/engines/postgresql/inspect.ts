import { AppError, type ServerInfo, type Warning } from '../../../preload/contract/index.ts'
import type { ChosenTool } from '../../tools/choose-tool.ts'
import type { Access } from '../engine.ts'
import { isSuperuser } from './backup-account.ts'
import { resolveEndpoint } from './endpoint.ts'
import type { PostgresProfile } from './profile.ts'
import { withSession } from './session.ts'
import { chooseDumpTool, chooseRestoreTool, majorOf, versionText } from './tools.ts'

interface DatabaseRow {
  name: string
  size: number | null
}

/** See `Engine.inspect`. Tools that are missing are warnings here: the connection itself works. */
export async function inspectPostgres(access: Access<PostgresProfile>, signal: AbortSignal): Promise<ServerInfo> {
  const endpoint = resolveEndpoint(access)
  const options = { database: endpoint.database, applicationName: 'holdfast', signal }
  return withSession(endpoint, options, async (session) => {
    const superuser = await isSuperuser(session)
    const databases = await session.query<DatabaseRow>(
      `SELECT datname::text AS name,
              CASE WHEN has_database_privilege(oid, 'CONNECT') THEN pg_database_size(oid)::float8 END AS size
         FROM pg_database WHERE datallowconn AND NOT datistemplate ORDER BY datname`,
    )
    const { versionNumber } = session
    const choices = [
      await attempt(() => chooseDumpTool(versionNumber)),
      await attempt(() => chooseRestoreTool(majorOf(versionNumber), versionNumber)),
    ]
    const chosen = choices.flatMap((choice) => (choice instanceof AppError ? [] : [choice]))
    const missing = choices.flatMap((choice) => (choice instanceof AppError ? [choice] : []))
    return {
      product: 'PostgreSQL',
      version: versionText(versionNumber),
      versionNumber,
      databases: databases.map(({ name, size }) => ({ name, sizeBytes: size })),
      tools: chosen.map(({ tool, why }) => ({ name: tool.name, path: tool.path, version: tool.version, why })),
      isSuperuser: superuser,
      warnings: [
        ...(superuser === true ? [superuserWarning(endpoint.user)] : []),
        ...missing.map(({ code, message, remedy }) => ({
          code,
          message: remedy === null ? message : `${message} ${remedy}`,
        })),
      ],
    }
  })
}

function superuserWarning(user: string): Warning {
  const message = `"${user}" is a superuser: more than a backup needs. An account that only reads is shown by \`holdfast connection show\`; restores need rights of their own.`
  return { code: 'SUPERUSER', message }
}

async function attempt(choose: () => Promise<ChosenTool>): Promise<ChosenTool | AppError> {
  try {
    return await choose()
  } catch (error) {
    if (error instanceof AppError) return error
    throw error
  }
}
