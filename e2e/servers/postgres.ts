import { afterAll, beforeAll } from 'vitest'
import { installHint, postgresBinDir } from './installed.ts'
import { requireForEach } from './missing.ts'
import { startPostgres, type PostgresOptions, type PostgresServer } from './postgres-cluster.ts'

/**
 * One cluster for the test file or `describe` block that calls this, started before its tests and stopped after
 * them. Where the version isn't installed the tests are skipped with the reason. Call the result inside a test.
 */
export function usePostgres(options: PostgresOptions): () => PostgresServer {
  const { version } = options
  const isMissing = postgresBinDir(version) === null
  requireForEach(isMissing ? `PostgreSQL ${version} not installed; ${installHint}` : null)
  let server: PostgresServer | null = null
  if (!isMissing) {
    beforeAll(async () => {
      server = await startPostgres(options)
    })
    afterAll(() => server?.stop())
  }
  return () => {
    if (server === null) throw new Error('The server runs only while tests run: call this inside a test.')
    return server
  }
}
