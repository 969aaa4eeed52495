import pg from 'pg'
import { describe, expect, it, onTestFinished } from 'vitest'
import { usePostgres } from '../../../e2e/servers/postgres.ts'
import type { CreateTarget } from '../engine.ts'
import { startTestJob, type TestJob } from '../testing/job-context.ts'
import { postgresTargets } from './managed-targets.ts'
import { quoteIdentifier } from './quoting.ts'
import { runPart } from './target-names.ts'
import { accessOf, createDatabase, databaseExists } from './testing/fixture.ts'

const cluster = usePostgres({ version: 15, isLogical: true })

async function newJob(): Promise<TestJob> {
  const job = await startTestJob()
  onTestFinished(() => job.dispose())
  return job
}

const request = (job: TestJob, stem: string): CreateTarget => {
  return { role: 'scratch', runId: job.context.jobId, installation: 'here', stem, like: null }
}

async function oidOf(name: string): Promise<string> {
  return cluster().sql(`SELECT oid FROM pg_database WHERE datname = '${name}'`)
}

describe('databases that Holdfast makes', () => {
  it('never touch a database whose 63 bytes they share', async () => {
    const server = cluster()
    const original = await createDatabase(server, 'p'.repeat(63))
    const oid = await oidOf(original)
    await server.sql('CREATE TABLE keep AS SELECT 42 AS answer', original)
    const job = await newJob()
    const target = await postgresTargets.create(accessOf(server), request(job, original), job.context)
    expect(Buffer.byteLength(target.database)).toBe(63)
    expect(target.identity).not.toBe(oid)
    await postgresTargets.drop(accessOf(server), target, job.context)
    expect(await databaseExists(server, target.database)).toBe(false)
    expect(await oidOf(original)).toBe(oid)
    expect(await server.sql('SELECT answer FROM keep', original)).toBe('42')
  })

  it('refuse a final name that PostgreSQL would cut, and never reach the database that it means then', async () => {
    const server = cluster()
    const original = await createDatabase(server, 'q'.repeat(63))
    const job = await newJob()
    const target = await postgresTargets.create(accessOf(server), request(job, 'x'), job.context)
    const publish = postgresTargets.publish(accessOf(server), target, `${original}_restored`, job.context)
    await expect(publish).rejects.toMatchObject({ code: 'USAGE' })
    expect(await databaseExists(server, target.database)).toBe(true)
    await postgresTargets.drop(accessOf(server), target, job.context)
  })

  it('are not dropped where the marker is another one, was removed, or the name now belongs to another database', async () => {
    const server = cluster()
    const job = await newJob()
    const target = await postgresTargets.create(accessOf(server), request(job, 'marked'), job.context)
    const name = quoteIdentifier(target.database)
    const drop = () => postgresTargets.drop(accessOf(server), target, job.context)
    const marker = await server.sql(`SELECT shobj_description(${target.identity}, 'pg_database')`)
    for (const comment of [`'my own'`, 'NULL', `'${marker.replace(target.runId, 'X'.repeat(26))}'`]) {
      await server.sql(`COMMENT ON DATABASE ${name} IS ${comment}`)
      await expect(drop()).rejects.toMatchObject({ code: 'TARGET_CHANGED' })
    }
    await server.sql(
      `COMMENT ON DATABASE ${name} IS '${marker}'; ALTER DATABASE ${name} RENAME TO elsewhere; CREATE DATABASE ${name}`,
    )
    await expect(drop()).rejects.toMatchObject({ code: 'TARGET_CHANGED' })
    expect(await databaseExists(server, 'elsewhere')).toBe(true)
    expect(await databaseExists(server, target.database)).toBe(true)
    await server.sql(`DROP DATABASE elsewhere`)
    await server.sql(`DROP DATABASE ${name}`)
    await drop()
  })

  it('are dropped although somebody is connected', async () => {
    const server = cluster()
    const job = await newJob()
    const target = await postgresTargets.create(accessOf(server), request(job, 'busy'), job.context)
    const { host, port, user, password } = server
    const guest = new pg.Client({ host, port, user, password, database: target.database })
    guest.on('error', () => undefined)
    await guest.connect()
    await postgresTargets.drop(accessOf(server), target, job.context)
    expect(await databaseExists(server, target.database)).toBe(false)
    await guest.end()
  })

  it('are created like their source', async () => {
    const server = cluster()
    await server.sql('CREATE ROLE keeper')
    const job = await newJob()
    const locale = {
      provider: 'icu',
      collate: 'C',
      ctype: 'C',
      locale: 'de-DE',
      icuRules: null,
      collationVersion: null,
    }
    const facts = { name: 'x', systemIdentifier: null, identity: null, extensions: [], sizeBytes: null }
    const like = { ...facts, encoding: 'UTF8', owner: 'keeper', locale }
    const target = await postgresTargets.create(
      accessOf(server),
      { ...request(job, 'like'), role: 'beside', like },
      job.context,
    )
    const found = await server.sql(
      `SELECT pg_encoding_to_char(encoding), datlocprovider, daticulocale, datcollate, pg_get_userbyid(datdba), datallowconn
         FROM pg_database WHERE oid = ${target.identity}`,
    )
    expect(found).toBe('UTF8|i|de-DE|C|keeper|t')
    await postgresTargets.drop(accessOf(server), target, job.context)
  })

  it('that were never marked, because their maker died, are found and dropped; one being made is left alone', async () => {
    const server = cluster()
    const job = await newJob()
    const name = `hf_${runPart(job.context.jobId)}_orphan`
    const { host, port, user, password } = server
    const maker = new pg.Client({ host, port, user, password, database: 'postgres' })
    await maker.connect()
    await maker.query('SELECT pg_advisory_lock(hashtextextended($1, 0))', [`holdfast:create:${name}`])
    await maker.query(`CREATE DATABASE ${name} TEMPLATE template0 ALLOW_CONNECTIONS false`)
    expect(await postgresTargets.list(accessOf(server), 'here')).toEqual([])
    await maker.end()
    const [orphan, ...others] = await postgresTargets.list(accessOf(server), 'here')
    expect(others).toEqual([])
    expect(orphan).toMatchObject({ database: name, runId: runPart(job.context.jobId).toUpperCase() })
    if (orphan !== undefined) await postgresTargets.drop(accessOf(server), orphan, job.context)
    expect(await databaseExists(server, name)).toBe(false)
  })

  it('are dropped with a subscription in them, and the slot on the publisher lives on', async () => {
    const server = cluster()
    const job = await newJob()
    await server.sql(`SELECT pg_create_logical_replication_slot('precious', 'pgoutput')`)
    const target = await postgresTargets.create(accessOf(server), request(job, 'subscriber'), job.context)
    const connection = `host=${server.host} port=${String(server.port)} user=${server.user} password=${server.password} dbname=postgres`
    const options = `connect = false, slot_name = 'precious', enabled = false, create_slot = false`
    await server.sql(
      `CREATE SUBSCRIPTION "Sub 1" CONNECTION '${connection}' PUBLICATION p WITH (${options})`,
      target.database,
    )
    await postgresTargets.drop(accessOf(server), target, job.context)
    expect(await databaseExists(server, target.database)).toBe(false)
    expect(await server.sql('SELECT slot_name FROM pg_replication_slots')).toBe('precious')
    await server.sql(`SELECT pg_drop_replication_slot('precious')`)
  })

  it('leave no database behind when the job is cancelled while it is made', async () => {
    const server = cluster()
    const job = await newJob()
    const making = postgresTargets.create(accessOf(server), request(job, 'cancelled'), job.context)
    const reason = job.cancel()
    await expect(making).rejects.toBe(reason)
    expect(await server.sql(`SELECT datname FROM pg_database WHERE datname LIKE 'hf\\_%cancelled'`)).toBe('')
  })
})

describe('endSessions', () => {
  it('ends the sessions of one job and no others', async () => {
    const server = cluster()
    const job = await newJob()
    const { host, port, user, password } = server
    const connect = async (applicationName: string) => {
      const client = new pg.Client({
        host,
        port,
        user,
        password,
        database: 'postgres',
        application_name: applicationName,
      })
      client.on('error', () => undefined)
      await client.connect()
      return client
    }
    const [mine, other] = [await connect(`holdfast/${job.context.jobId}`), await connect('holdfast/OTHER')]
    expect(await postgresTargets.endSessions(accessOf(server), job.context.jobId)).toBe(1)
    expect(await postgresTargets.endSessions(accessOf(server), job.context.jobId)).toBe(0)
    await expect(mine.query('SELECT 1')).rejects.toThrow(/./)
    expect((await other.query('SELECT 1')).rowCount).toBe(1)
    await other.end()
    await mine.end()
  })
})
