import { describe, expect, it } from 'vitest'
import { usePostgres } from '../../../e2e/servers/postgres.ts'
import { postgresSwap } from './swap.ts'
import { quoted, setScene, type SwapScene } from './testing/swap-scene.ts'

const cluster = usePostgres({ version: 15 })

const adopt = ({ access, live, beside, job }: SwapScene) =>
  postgresSwap.adoptProperties(access, live, beside, job.context)

const passed = { outcome: 'passed', detail: null }
const everything = [
  'database settings',
  'role settings',
  'connection limit',
  'database owner',
  'database privileges',
  'tablespace',
  'encoding and collation',
]

/** All that the catalog says of a database besides its name. */
function propertiesOf({ server }: SwapScene, oid: string): Promise<string> {
  return server.sql(`
    SELECT datdba::regrole, datconnlimit, dattablespace, encoding, datcollate, datctype FROM pg_database WHERE oid = ${oid};
    SELECT a.* FROM pg_database d, aclexplode(coalesce(datacl, acldefault('d', datdba))) a WHERE d.oid = ${oid} ORDER BY 1, 2, 3;
    SELECT setrole::regrole, c FROM pg_db_role_setting, unnest(setconfig) c WHERE setdatabase = ${oid} ORDER BY 1, 2`)
}

describe('the properties of a database', () => {
  it('are all given to the one beside it, exactly, and nothing happens the second time', async () => {
    const server = cluster()
    await server.sql(`
      CREATE ROLE "Owner of all"; CREATE ROLE reader; CREATE ROLE "Lender" ; CREATE ROLE borrower;
      CREATE SCHEMA "Sch, ema"`)
    const scene = await setScene(server, 'rich')
    await server.sql(`
      ALTER DATABASE rich OWNER TO "Owner of all";
      REVOKE ALL ON DATABASE rich FROM PUBLIC;
      GRANT CONNECT ON DATABASE rich TO reader;
      GRANT CONNECT, TEMPORARY ON DATABASE rich TO "Lender" WITH GRANT OPTION;
      SET ROLE "Lender"; GRANT TEMPORARY ON DATABASE rich TO borrower; RESET ROLE;
      ALTER DATABASE rich CONNECTION LIMIT 17;
      ALTER DATABASE rich SET search_path TO "$user", "Sch, ema", public;
      ALTER DATABASE rich SET work_mem TO '8192kB';
      ALTER DATABASE rich SET timezone TO 'Europe/Vienna';
      ALTER DATABASE rich SET log_statement TO 'ddl';
      ALTER DATABASE rich SET my_app.greeting TO 'it''s a "test" \\ here';
      ALTER ROLE reader IN DATABASE rich SET statement_timeout TO '5s';
      ALTER ROLE "Lender" IN DATABASE rich SET search_path TO '';
      ALTER ROLE borrower SET work_mem TO '1MB'`)
    expect(await adopt(scene)).toEqual(everything.map((name) => ({ name, ...passed })))
    const wanted = await propertiesOf(scene, scene.live.identity)
    expect(wanted).toContain('Sch, ema')
    expect(await propertiesOf(scene, scene.beside.identity)).toBe(wanted)
    const before = await server.sql(`SELECT xmin FROM pg_database WHERE oid = ${scene.beside.identity}`)
    expect(await adopt(scene)).toEqual(everything.map((name) => ({ name, ...passed })))
    expect(await server.sql(`SELECT xmin FROM pg_database WHERE oid = ${scene.beside.identity}`)).toBe(before)

    await postgresSwap.swap(scene.access, scene.request, scene.job.context)
    expect(await server.sql('SHOW search_path; SHOW my_app.greeting', 'rich')).toBe(
      `"$user", "Sch, ema", public\nit's a "test" \\ here`,
    )
    expect(await propertiesOf(scene, scene.beside.identity)).toBe(wanted)
  })

  it('that the one beside has too many are taken away', async () => {
    const server = cluster()
    await server.sql('CREATE ROLE intruder')
    const scene = await setScene(server, 'bare')
    const name = quoted(scene.beside.database)
    await server.sql(`
      ALTER DATABASE ${name} SET work_mem TO '1MB'; ALTER ROLE intruder IN DATABASE ${name} SET work_mem TO '2MB';
      ALTER DATABASE ${name} CONNECTION LIMIT 3; GRANT ALL ON DATABASE ${name} TO intruder WITH GRANT OPTION`)
    expect(await adopt(scene)).toEqual(everything.map((each) => ({ name: each, ...passed })))
    expect(await propertiesOf(scene, scene.beside.identity)).toBe(await propertiesOf(scene, scene.live.identity))
  })

  it('that the user may not give are named as failed, and the others are there', async () => {
    const server = cluster()
    await server.sql(`
      CREATE ROLE modest LOGIN CREATEDB PASSWORD 'secret'; CREATE ROLE stranger; CREATE ROLE granter; CREATE ROLE guest`)
    const scene = await setScene(server, 'mixed', { user: 'modest' })
    await server.sql(`
      ALTER DATABASE mixed SET log_statement TO 'all'; ALTER ROLE stranger IN DATABASE mixed SET work_mem TO '1MB';
      ALTER DATABASE mixed CONNECTION LIMIT 5;
      GRANT CONNECT ON DATABASE mixed TO granter WITH GRANT OPTION;
      SET ROLE granter; GRANT CONNECT ON DATABASE mixed TO guest`)
    const checks = await adopt(scene)
    expect(checks.filter(({ outcome }) => outcome === 'failed').map(({ name }) => name)).toEqual([
      'database settings',
      'role settings',
    ])
    expect(checks[0]?.detail).toMatch(/missing: log_statement = all\n.*log_statement/)
    expect(checks.find(({ name }) => name === 'database privileges')?.detail).toContain('granter')
    expect(await server.sql(`SELECT datconnlimit FROM pg_database WHERE oid = ${scene.beside.identity}`)).toBe('5')
  })

  it('are not given to a database that is another one', async () => {
    const server = cluster()
    const scene = await setScene(server, 'confused')
    await server.sql('ALTER DATABASE confused CONNECTION LIMIT 5')
    const { live, beside } = scene
    for (const wrong of [
      { ...scene, live: { ...live, identity: '1' } },
      { ...scene, beside: { ...beside, identity: '1' } },
      { ...scene, beside: { ...beside, runId: 'X'.repeat(26) } },
      { ...scene, beside: { ...beside, database: 'confused' } },
    ]) {
      await expect(adopt(wrong)).rejects.toMatchObject({ code: 'TARGET_CHANGED' })
    }
    expect(await server.sql(`SELECT datconnlimit FROM pg_database WHERE oid = ${beside.identity}`)).toBe('-1')
  })
})
