import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { AppError } from '../../preload/contract/index.ts'
import { findByJob } from './job-processes.ts'
import { runTool, type ToolExit, type ToolRun } from './run-tool.ts'
import { writeFakeTool, type FakeScript } from './testing/fake-tool.ts'

let folder = ''
let number = 0

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'holdfast-tool-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

/** A sink that counts, and knows how it ended. */
function countingSink() {
  const state = { bytes: 0, isFinished: false }
  const sink = new Writable({
    write(chunk: Buffer, _encoding, callback) {
      state.bytes += chunk.length
      callback()
    },
    final(callback) {
      state.isFinished = true
      callback()
    },
  })
  return { sink, state }
}

async function run(script: FakeScript, options: Partial<ToolRun> = {}): Promise<ToolExit> {
  const path = await writeFakeTool(folder, `fake-${String((number += 1))}`, script)
  return runTool({
    path,
    args: [],
    jobId: `JOB${String(number)}`,
    signal: new AbortController().signal,
    redact: (text) => text.replaceAll('hunter2', '***'),
    explain: ({ exitCode, signal, stderrTail }) =>
      new AppError('TOOL_FAILED', `ended with ${signal ?? String(exitCode)}`, { detail: stderrTail }),
    ...options,
  })
}

async function* chunks(count: number, bytes = 65_536): AsyncGenerator<Uint8Array> {
  for (let each = 0; each < count; each += 1) yield Buffer.alloc(bytes, 'y')
}

describe('success needs a clean exit and a sink that took everything', () => {
  it('ends the sink after a clean exit', async () => {
    const { sink, state } = countingSink()
    const exit = await run({ stdoutBytes: 3_000_000 }, { stdout: sink })
    expect(exit).toMatchObject({ exitCode: 0, signal: null, stdoutBytes: 3_000_000 })
    expect(state).toEqual({ bytes: 3_000_000, isFinished: true })
  })

  it.each<[string, FakeScript]>([
    ['fails without output', { exitCode: 1 }],
    ['fails after full output', { stdoutBytes: 200_000, exitCode: 1 }],
    ['closes its output, then fails', { stdoutBytes: 200_000, closesStdoutFirst: true, exitCode: 3 }],
  ])('never ends the sink of a tool that %s', async (_words, script) => {
    for (let round = 0; round < 5; round += 1) {
      const { sink, state } = countingSink()
      await expect(run(script, { stdout: sink })).rejects.toMatchObject({ code: 'TOOL_FAILED' })
      expect(state.isFinished).toBe(false)
      expect(sink.destroyed).toBe(true)
    }
  })

  it('does not end the sink where the check before the end refuses', async () => {
    const { sink, state } = countingSink()
    const refusal = new AppError('DUMP_INCOMPLETE', 'nothing in it')
    const beforeEnd = ({ stdoutBytes }: ToolExit) => {
      if (stdoutBytes === 0) throw refusal
    }
    await expect(run({ exitCode: 0 }, { stdout: sink, beforeEnd })).rejects.toBe(refusal)
    expect(state.isFinished).toBe(false)
    expect(sink.destroyed).toBe(true)
  })

  it('waits for a slow sink, and hands it every byte', async () => {
    let bytes = 0
    const sink = new Writable({
      highWaterMark: 1,
      write(chunk: Buffer, _encoding, callback) {
        bytes += chunk.length
        setTimeout(callback, 2)
      },
    })
    await run({ stdoutBytes: 2_000_000 }, { stdout: sink })
    expect(bytes).toBe(2_000_000)
  })

  it('fails with the sink error as it is, also when that comes at the very end, and stops the tool', async () => {
    const full = new AppError('NO_SPACE', 'full')
    const early = new Writable({ write: (_chunk, _encoding, callback) => callback(full) })
    await expect(run({ stdoutBytes: 50_000_000, hangs: true }, { stdout: early })).rejects.toBe(full)
    expect(await findByJob(`JOB${String(number)}`)).toEqual([])
    const late = new Writable({ write: (_c, _e, callback) => callback(), final: (callback) => callback(full) })
    await expect(run({ stdoutBytes: 1_000 }, { stdout: late })).rejects.toBe(full)
  })
})

describe('what the tool reads', () => {
  it('is fed whole', async () => {
    const recordTo = join(folder, 'record.json')
    await run({ readsAll: true, recordTo }, { stdin: () => chunks(40) })
    const record = JSON.parse(await readFile(recordTo, 'utf8')) as { input: string }
    expect(record.input.length).toBe(40 * 65_536)
  })

  it('may be more than it wants: an early end with exit 0 is success, and the source is read to its end', async () => {
    let handed = 0
    async function* source() {
      for await (const chunk of chunks(100)) {
        handed += 1
        yield chunk
      }
    }
    await run({ readBytes: 1_000 }, { stdin: source })
    expect(handed).toBe(100)
  })

  it('is left where the head is enough', async () => {
    let handed = 0
    async function* source(): AsyncGenerator<Uint8Array> {
      for (;;) {
        handed += 1
        yield Buffer.alloc(65_536)
      }
    }
    await run({ readBytes: 1_000 }, { stdin: source, isHeadEnough: true })
    expect(handed).toBeGreaterThan(0)
  })

  it('fails the run where the source fails, even though the tool would have been content', async () => {
    const altered = new AppError('ARTIFACT_ALTERED', 'the digest differs')
    async function* source() {
      yield* chunks(3)
      throw altered
    }
    await expect(run({ readsAll: true }, { stdin: source })).rejects.toBe(altered)
    expect(await findByJob(`JOB${String(number)}`)).toEqual([])
  })

  it('aborts the source of a tool that failed', async () => {
    let isAborted = false
    async function* source(signal: AbortSignal) {
      yield* chunks(1)
      await new Promise<void>((resolve) => {
        signal.addEventListener('abort', () => {
          isAborted = true
          resolve()
        })
      })
    }
    await expect(run({ readBytes: 10, exitCode: 2 }, { stdin: source })).rejects.toMatchObject({
      message: 'ended with 2',
    })
    expect(isAborted).toBe(true)
  })
})

describe('cancel', () => {
  it.each<[string, FakeScript, number]>([
    ['a tool that hangs', { hangs: true }, 700],
    ['a tool that ignores SIGTERM', { hangs: true, ignoresSigterm: true }, 1_900],
    ['a tool whose helper holds the output open', { hangs: true, helperMs: 20_000 }, 700],
    ['a tool whose output nobody takes', { stdoutBytes: 50_000_000 }, 700],
  ])('ends %s and its group', async (_words, script, limitMs) => {
    const controller = new AbortController()
    const stuck = new Writable({ write: () => undefined })
    const reason = new AppError('CANCELLED', 'cancelled')
    const done = run(script, { signal: controller.signal, stdout: stuck })
    done.catch(() => undefined)
    const jobId = `JOB${String(number)}`
    while ((await findByJob(jobId)).length < (script.helperMs === undefined ? 1 : 2)) await sleep(20)
    await sleep(100)
    const startedAt = performance.now()
    controller.abort(reason)
    await expect(done).rejects.toBe(reason)
    expect(performance.now() - startedAt).toBeLessThan(limitMs)
    expect(await findByJob(jobId)).toEqual([])
    expect(stuck.destroyed).toBe(true)
  })

  it('starts nothing when it was cancelled before', async () => {
    const recordTo = join(folder, 'never')
    const reason = new AppError('CANCELLED', 'cancelled')
    const { sink } = countingSink()
    await expect(run({ recordTo }, { signal: AbortSignal.abort(reason), stdout: sink })).rejects.toBe(reason)
    await expect(readFile(recordTo)).rejects.toMatchObject({ code: 'ENOENT' })
    expect(sink.destroyed).toBe(true)
  })

  it('ends a tool that takes longer than its limit', async () => {
    await expect(run({ hangs: true }, { timeoutMs: 300 })).rejects.toMatchObject({ code: 'TOOL_FAILED' })
  })
})

describe('a tool that is killed by somebody else', () => {
  it('fails at once, also while its output is not taken', async () => {
    const stuck = new Writable({ write: () => undefined })
    const done = run({ stdoutBytes: 50_000_000, helperMs: 20_000 }, { stdout: stuck })
    done.catch(() => undefined)
    const jobId = `JOB${String(number)}`
    let pids: readonly number[] = []
    while (pids.length < 2) pids = await findByJob(jobId)
    process.kill(Math.min(...pids), 'SIGKILL')
    await expect(done).rejects.toMatchObject({ message: 'ended with SIGKILL' })
    await sleep(50)
    expect(await findByJob(jobId)).toEqual([])
  })
})

describe('what the tool says and sees', () => {
  it('keeps 64 KiB of endless errors, redacted, without control sequences', async () => {
    const nasty = 'password hunter2 \u001b[31mred\u001b[0m \u001b]0;title\u0007 \u202Etxt\r\n'
    const lines: string[] = []
    const onStderrLine = (line: string) => void lines.push(line)
    const short = await run({ stderr: nasty }, { onStderrLine })
    expect(short.stderrTail).toBe('password *** red  txt')
    expect(lines).toEqual(['password *** red  txt'])
    const before = process.memoryUsage().rss
    const long = await run({ stderrBytes: 60_000_000, stdoutBytes: 10 })
    expect(long.stderrTail.length).toBeLessThanOrEqual(65_536)
    expect(process.memoryUsage().rss - before).toBeLessThan(150_000_000)
  })

  it('gets the allow-listed environment only, and its arguments as they are', async () => {
    const recordTo = join(folder, 'record.json')
    process.env['PGOPTIONS'] = '-c canary=1'
    process.env['CANARY_PASSWORD'] = 'hunter2'
    const args = ['--dbname=$(touch pwned)', '; rm -rf x', "it's", '\n']
    await run({ recordTo }, { args, env: { PGTZ: 'UTC' } }).finally(() => {
      delete process.env['PGOPTIONS']
      delete process.env['CANARY_PASSWORD']
    })
    const record = JSON.parse(await readFile(recordTo, 'utf8')) as { args: string[]; env: Record<string, string> }
    expect(record.args).toEqual(args)
    expect(record.env).toMatchObject({ PGTZ: 'UTC', LC_ALL: 'C', HOLDFAST_JOB: `JOB${String(number)}` })
    expect(record.env['PGOPTIONS']).toBeUndefined()
    expect(record.env['CANARY_PASSWORD']).toBeUndefined()
  })

  it('is named where it can not be started', async () => {
    const missing = { path: join(folder, 'nothing-here') }
    await expect(run({}, missing)).rejects.toMatchObject({ code: 'TOOL_MISSING' })
  })
})
