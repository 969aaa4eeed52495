import { postgresBinDir } from '../../../e2e/servers/installed.ts'
import { requireForEach } from '../../../e2e/servers/missing.ts'
import { startPostgres } from '../../../e2e/servers/postgres-cluster.ts'
import { describeEngineConformance } from '../conformance.ts'
import { hostileDatabaseNames } from './testing/hostile-names.ts'
import { postgresFixture } from './testing/fixture.ts'

const version = 15
requireForEach(postgresBinDir(version) === null ? `PostgreSQL ${String(version)} is not installed` : null)

describeEngineConformance(
  'PostgreSQL',
  { hasPassword: true, runsTool: true, hostileNames: hostileDatabaseNames },
  async () => postgresFixture(await startPostgres({ version })),
)
