import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { AppError, type ArchiveContents } from '../../preload/contract/index.ts'
import type { DumpRequest, Engine, ManagedTarget } from './engine.ts'
import { sourceOf, type DumpInMemory, type SourceFault } from './testing/artifact-source.ts'
import type { EngineFixture, EngineTraits } from './testing/engine-fixture.ts'
import { startTestJob, type TestJob } from './testing/job-context.ts'
import { collectingSink, failingSink, stuckSink } from './testing/sinks.ts'

export type { EngineFixture, EngineTraits } from './testing/engine-fixture.ts'

const largeBytes = 24 * 1024 * 1024
const cancelLimitMs = 2_000
const everything = { content: 'full', include: [], exclude: [] } as const

/** The suite that every engine passes against a real server. */
export function describeEngineConformance<C>(
  name: string,
  traits: EngineTraits,
  start: () => Promise<EngineFixture<C>>,
): void {
  describe(`${name} keeps the promises of an engine`, () => {
    let fixture: EngineFixture<C>
    let number = 0
    const jobs: TestJob[] = []
    const targets: ManagedTarget[] = []

    beforeAll(async () => {
      fixture = await start()
    })
    afterEach(async () => {
      const job = await newJob()
      for (const target of targets.splice(0)) {
        if (await fixture.exists(target.database)) {
          await fixture.engine.targets.drop(fixture.access, target, job.context)
        }
      }
      for (const each of jobs.splice(0)) await each.dispose()
    })
    afterAll(() => fixture.stop())

    async function newJob(): Promise<TestJob> {
      const job = await startTestJob(fixture.secrets)
      jobs.push(job)
      return job
    }
    const requestFor = (database: string): DumpRequest => {
      return { database, format: recommendedFormat(fixture.engine), ...everything, comparableWith: null }
    }
    const freshName = () => `conformance_${String((number += 1))}`

    async function dump(
      database: string,
      access = fixture.access,
      comparableWith: DumpRequest['comparableWith'] = null,
    ): Promise<DumpInMemory> {
      const { engine } = fixture
      const request = { ...requestFor(database), comparableWith }
      const collected = collectingSink()
      const { context } = await newJob()
      const report = await engine.dump(access, request, collected.sink, context)
      expect(collected.isEnded(), 'the sink was ended').toBe(true)
      if (report.file !== null) await rm(report.file)
      return { engine: engine.id, database, format: request.format, bytes: collected.bytes(), report }
    }
    async function createTarget(dumped: DumpInMemory, stem: string, job: TestJob): Promise<ManagedTarget> {
      const request = { role: 'beside', runId: job.context.jobId, installation: 'conformance', stem } as const
      const target = await fixture.engine.targets.create(
        fixture.access,
        { ...request, like: dumped.report.facts },
        job.context,
      )
      targets.push(target)
      return target
    }
    async function restore(dumped: DumpInMemory, stem: string, fault: SourceFault | null = null, isDrill = false) {
      const job = await newJob()
      const target = await createTarget(dumped, stem, job)
      const request = { target, ...everything, isDrill }
      const done = fixture.engine.restore(fixture.access, request, sourceOf(dumped, fault), job.context)
      return { job, target, done }
    }
    async function readContents(dumped: DumpInMemory, bytes = dumped.bytes): Promise<ArchiveContents> {
      const reader = fixture.engine.reader(dumped.format)
      if (reader === null) throw new Error(`no reader for ${dumped.format}`)
      const key = { id: 'test', bytes: new Uint8Array(16).fill(7) }
      if (reader.input === 'file') {
        const path = join((await newJob()).context.runDirectory, 'archive')
        await writeFile(path, bytes)
        return await reader.read(path, { key })
      }
      const session = reader.start({ key })
      for (let at = 0; at < bytes.length; at += 65_536) await session.write(bytes.slice(at, at + 65_536))
      return await session.end()
    }

    it('restores every row into a new database and gives it its final name', async () => {
      const source = await fixture.createDatabase(freshName())
      await fixture.populate(source, 'first')
      const before = await fixture.readRows(source)
      expect(Object.values(before).flat().join('\n')).toContain('first')
      const dumped = await dump(source)
      for (const secret of fixture.secrets) expect(JSON.stringify(dumped.report)).not.toContain(secret)

      const finalName = fixture.locate(`${freshName()}_restored`)
      const { target, done, job } = await restore(dumped, finalName)
      await done
      expect(await fixture.readRows(target.database)).toEqual(before)
      const listed = await fixture.engine.targets.list(fixture.access, 'conformance')
      expect(listed.map(({ identity }) => identity)).toContain(target.identity)

      await fixture.engine.targets.publish(fixture.access, target, finalName, job.context)
      expect(await fixture.exists(target.database)).toBe(false)
      expect(await fixture.readRows(finalName)).toEqual(before)
      expect(await fixture.engine.targets.list(fixture.access, 'conformance')).toEqual([])
      expect(await fixture.readRows(source), 'the source is as it was').toEqual(before)
    })

    it('restores every row in a restore test, too', async () => {
      const source = await fixture.createDatabase(freshName())
      await fixture.populate(source, 'drill')
      const { target, done } = await restore(await dump(source), source, null, true)
      await done
      expect(await fixture.readRows(target.database)).toEqual(await fixture.readRows(source))
    })

    it('lists in the inventory what its reader finds, and the reader sees a missing last byte', async () => {
      const source = await fixture.createDatabase(freshName())
      await fixture.populate(source, 'reader')
      const dumped = await dump(source)
      const contents = await readContents(dumped)
      const found = new Map(contents.objects.map((object) => [`${object.kind} ${object.displayName}`, object]))
      const expected = dumped.report.inventory.map(({ kind, displayName }) => `${kind} ${displayName}`)
      expect(expected.length).toBeGreaterThan(0)
      expect(expected.filter((each) => !found.has(each))).toEqual([])
      const tables = dumped.report.inventory.filter(({ kind, hasRows }) => kind === 'table' && hasRows)
      const rowCounts = tables.map(({ displayName }) => found.get(`table ${displayName}`)?.rows ?? Number.NaN)
      const wanted = Object.values(await fixture.readRows(source)).map((rows) => rows.length)
      expect(rowCounts.toSorted((a, b) => a - b)).toEqual(wanted.toSorted((a, b) => a - b))
      await expect(readContents(dumped, dumped.bytes.slice(0, -1))).rejects.toBeInstanceOf(AppError)
      const cut = dumped.bytes.slice(0, Math.floor(dumped.bytes.length / 2))
      await expect(readContents(dumped, cut)).rejects.toBeInstanceOf(AppError)
    })

    it('reads the same fingerprints from what was restored', async () => {
      const source = await fixture.createDatabase(freshName())
      await fixture.populate(source, 'fingerprints')
      const dumped = await dump(source)
      const { target, done } = await restore(dumped, source)
      await done
      const { engine } = fixture
      const again = await dump(target.database, engine.targets.accessTo(fixture.access, target), dumped.report.settings)
      const [before, after] = [rowsOf(await readContents(dumped)), rowsOf(await readContents(again))]
      expect(before.filter(({ sum }) => sum !== undefined).length).toBeGreaterThan(0)
      expect(after).toEqual(before)
    })

    it.each(traits.hostileNames)('takes the database that is called %j and no other', async (hostile) => {
      const source = await fixture.createDatabase(hostile)
      await fixture.populate(source, 'the right one')
      const dumped = await dump(source)
      expect(dumped.report.facts.name).toBe(source)
      const { target, done } = await restore(dumped, source)
      await done
      const rows = await fixture.readRows(target.database)
      expect(Object.values(rows).flat().join('\n')).toContain('the right one')
      expect(rows).toEqual(await fixture.readRows(source))
    })

    it('takes an empty database, and says that it is empty', async () => {
      const source = await fixture.createDatabase(freshName())
      const dumped = await dump(source)
      expect(dumped.report.warnings.map(({ code }) => code)).toContain('EMPTY_DATABASE')
      const { target, done } = await restore(dumped, source)
      await done
      expect(await fixture.exists(target.database)).toBe(true)
      expect(await fixture.readRows(target.database)).toEqual({})
    })

    it('names a database that does not exist', async () => {
      await expect(dump(fixture.locate('not_there'))).rejects.toMatchObject({ code: 'DATABASE_MISSING' })
    })

    it('stops a dump within two seconds and leaves nothing behind', async () => {
      const source = await fixture.createDatabase(freshName())
      await fixture.populateLarge(source, largeBytes)
      const { sink, isStuck, isEnded } = stuckSink(256 * 1024)
      const job = await newJob()
      const request = requestFor(source)
      const done = fixture.engine.dump(fixture.access, request, sink, job.context)
      done.catch(() => undefined)
      await isStuck
      const startedAt = performance.now()
      const reason = job.cancel()
      await expect(done).rejects.toBe(reason)
      expect(performance.now() - startedAt).toBeLessThan(cancelLimitMs)
      expect(isEnded()).toBe(false)
      expect(sink.destroyed).toBe(true)
      expect(await fixture.findLeftovers(job.context.jobId)).toEqual([])
    })

    it('stops a restore within two seconds, and the target can be dropped', async () => {
      const source = await fixture.createDatabase(freshName())
      await fixture.populateLarge(source, largeBytes)
      const dumped = await dump(source)
      const { job, target, done } = await restore(dumped, source, { afterBytes: 4_000_000, ending: 'hang' })
      done.catch(() => undefined)
      await new Promise((resolve) => setTimeout(resolve, 700))
      const startedAt = performance.now()
      const reason = job.cancel()
      await expect(done).rejects.toBe(reason)
      expect(performance.now() - startedAt).toBeLessThan(cancelLimitMs)
      const after = await newJob()
      await fixture.engine.targets.drop(fixture.access, target, after.context)
      expect(await fixture.exists(target.database)).toBe(false)
      expect(await fixture.findLeftovers(job.context.jobId)).toEqual([])
    })

    it('fails, and stops its tools, when the sink fails', async () => {
      const source = await fixture.createDatabase(freshName())
      await fixture.populateLarge(source, largeBytes)
      const job = await newJob()
      const full = new AppError('NO_SPACE', 'The disk is full.')
      const request = requestFor(source)
      const done = fixture.engine.dump(fixture.access, request, failingSink(1_000_000, full), job.context)
      await expect(done).rejects.toBe(full)
      expect(await fixture.findLeftovers(job.context.jobId)).toEqual([])
    })

    const cutOff = new AppError('ARTIFACT_TRUNCATED', 'The artifact ends too early.')
    it.each<[string, Error | 'end', number, object]>([
      ['that fails in the middle', cutOff, 0.5, { code: 'ARTIFACT_TRUNCATED' }],
      ['that fails before its last byte', cutOff, 1, { code: 'ARTIFACT_TRUNCATED' }],
      ['that is cut in the middle', 'end', 0.5, { name: 'AppError' }],
      ['that is cut by a few bytes', 'end', 1, { name: 'AppError' }],
    ])('refuses a source %s, and leaves no database behind', async (_words, ending, part, refusal) => {
      const source = await fixture.createDatabase(freshName())
      await fixture.populate(source, 'damaged')
      const before = await fixture.readRows(source)
      const dumped = await dump(source)
      const afterBytes = part === 1 ? dumped.bytes.length - 5 : Math.floor(dumped.bytes.length * part)
      const { job, target, done } = await restore(dumped, source, { afterBytes, ending })
      await expect(done).rejects.toMatchObject(refusal)
      await fixture.engine.targets.drop(fixture.access, target, job.context)
      expect(await fixture.exists(target.database)).toBe(false)
      expect(await fixture.engine.targets.list(fixture.access, 'conformance')).toEqual([])
      expect(await fixture.findLeftovers(job.context.jobId)).toEqual([])
      expect(await fixture.readRows(source), 'the source is as it was').toEqual(before)
    })

    it('drops and renames only what it made', async () => {
      const source = await fixture.createDatabase(freshName())
      await fixture.populate(source, 'mine')
      const before = await fixture.readRows(source)
      const job = await newJob()
      const target = await createTarget(await dump(source), source, job)
      const { targets: managed } = fixture.engine
      const another = await createTarget(await dump(source), source, await newJob())
      const strange = { ...target, identity: another.identity }
      await expect(managed.drop(fixture.access, strange, job.context)).rejects.toMatchObject({ code: 'TARGET_CHANGED' })
      const foreign = { ...target, database: source }
      await expect(managed.drop(fixture.access, foreign, job.context)).rejects.toMatchObject({ code: 'TARGET_CHANGED' })
      const free = fixture.locate(freshName())
      const renamed = managed.publish(fixture.access, foreign, free, job.context)
      await expect(renamed).rejects.toMatchObject({ code: 'TARGET_CHANGED' })
      const taken = managed.publish(fixture.access, target, source, job.context)
      await expect(taken).rejects.toMatchObject({ code: 'TARGET_EXISTS' })
      job.loseOwnership()
      await expect(managed.drop(fixture.access, target, job.context)).rejects.toMatchObject({ code: 'OWNERSHIP_LOST' })
      expect(await fixture.exists(target.database)).toBe(true)
      expect(await fixture.readRows(source)).toEqual(before)
      const other = await managed.list(fixture.access, 'another-installation')
      expect(other, "another installation's list").toEqual([])
    })

    it.each(traits.hasPassword ? ['AUTHENTICATION_FAILED'] : [])('answers a wrong password with %s', async (code) => {
      const { engine, wrongAccess } = fixture
      if (wrongAccess === null) throw new Error('the fixture has no wrong password')
      const { context } = await newJob()
      const source = await fixture.createDatabase(freshName())
      const refused = { code }
      await expect(engine.inspect(wrongAccess, context.signal)).rejects.toMatchObject(refused)
      const { sink, isEnded } = collectingSink()
      const request = requestFor(source)
      await expect(engine.dump(wrongAccess, request, sink, context)).rejects.toMatchObject(refused)
      expect(isEnded()).toBe(false)
    })

    it.each(traits.runsTool ? ['TOOL_KILLED'] : [])('fails with %s when its tool is killed', async (code) => {
      const source = await fixture.createDatabase(freshName())
      await fixture.populateLarge(source, largeBytes)
      const { sink, isStuck, isEnded } = stuckSink(256 * 1024)
      const job = await newJob()
      const request = requestFor(source)
      const done = fixture.engine.dump(fixture.access, request, sink, job.context)
      done.catch(() => undefined)
      await isStuck
      await fixture.killTool(job.context.jobId)
      await expect(done).rejects.toMatchObject({ code })
      expect(isEnded()).toBe(false)
      expect(await fixture.findLeftovers(job.context.jobId)).toEqual([])
    })
  })
}

/** What the rows of a reading come to, by object. */
function rowsOf({ objects }: ArchiveContents) {
  const found = objects.map(({ displayName, rows, fingerprint }) => ({ displayName, rows, sum: fingerprint?.sum }))
  return found.filter(({ rows }) => rows !== null).toSorted((a, b) => (a.displayName < b.displayName ? -1 : 1))
}

function recommendedFormat<C>(engine: Engine<C>): string {
  const format = engine.capabilities.formats.find(({ isRecommended }) => isRecommended)
  if (format === undefined) throw new Error(`${engine.id} recommends no format`)
  return format.id
}
