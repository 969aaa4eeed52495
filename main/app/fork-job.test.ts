import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { forkProcess, jobEntry, jobEnvironment } from './fork-job.ts'

describe('jobEnvironment', () => {
  it('keeps what a tool needs and leaves out what may be secret or foreign', () => {
    const env = {
      PATH: '/bin',
      LC_ALL: 'C',
      HOLDFAST_TOOLS: '/opt',
      HOLDFAST_JOB: 'old',
      HOLDFAST_PASSWORD: 'geheim',
      HOLDFAST_VAULT_PASSPHRASE_FILE: '/secret',
      HOLDFAST_VAULT_PASSPHRASE: 'geheim',
      PGPASSWORD: 'geheim',
      NODE_OPTIONS: '--require evil',
      AWS_SECRET_ACCESS_KEY: 'geheim',
      EMPTY: undefined,
    }
    expect(jobEnvironment(env, 'job', '/home')).toEqual({
      PATH: '/bin',
      LC_ALL: 'C',
      HOLDFAST_TOOLS: '/opt',
      HOLDFAST_JOB: 'job',
      HOLDFAST_HOME: '/home',
    })
  })
})

describe('jobEntry', () => {
  it('lies beside this program, as source or as bundle', () => {
    expect(jobEntry('file:///x/main/app/fork-job.ts')).toBe('/x/main/app/job-main.ts')
    expect(jobEntry('file:///x/dist/main/cli-4f3a.js')).toBe('/x/dist/main/job.js')
  })
})

describe('forkProcess', () => {
  let folder: string
  let stopped: (() => void)[] = []
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'holdfast-fork-'))
  })
  afterEach(() => {
    for (const stop of stopped) stop()
    stopped = []
    rmSync(folder, { recursive: true })
  })

  function start(source: string) {
    const entry = join(folder, 'job.mjs')
    writeFileSync(entry, source)
    const child = forkProcess({ entry, env: { ANSWER: '42' }, isVerbose: false })
    const ended = new Promise<readonly [number | null, string | null]>((resolve) => {
      child.onExit((code, signal) => resolve([code, signal]))
    })
    stopped.push(() => child.kill('SIGKILL'))
    return { child, ended }
  }

  it('sends structured data both ways, and only the environment that it was given', async () => {
    const { child, ended } = start(`
      process.on('message', (message) => process.send({ got: message.bytes.length, env: process.env }, () => process.exit(3)))
    `)
    const answer = new Promise<unknown>((resolve) => child.onMessage(resolve))
    child.send({ bytes: new Uint8Array(5) })
    expect(await answer).toMatchObject({ got: 5, env: { ANSWER: '42' } })
    expect(JSON.stringify(await answer)).not.toContain('"PATH"')
    expect(await ended).toEqual([3, null])
  })

  it('hands over what arrived before anybody listened', async () => {
    const { child, ended } = start(`process.send('early', () => process.exit(0))`)
    await ended
    const late: unknown[] = []
    child.onMessage((message) => late.push(message))
    expect(late).toEqual(['early'])
    child.send('nobody is there')
  })

  it.skipIf(process.platform !== 'linux')('is a session of its own', async () => {
    const { child, ended } = start(`process.on('disconnect', () => process.exit()); process.send('up')`)
    await new Promise((resolve) => child.onMessage(resolve))
    const stat = readFileSync(`/proc/${child.pid}/stat`, 'utf8')
    const session = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[3]
    expect(session).toBe(String(child.pid))
    child.kill('SIGTERM')
    expect(await ended).toEqual([null, 'SIGTERM'])
  })

  it('tells of an entry that cannot be started', async () => {
    const child = forkProcess({ entry: join(folder, 'missing.mjs'), env: {}, isVerbose: false })
    const code = await new Promise((resolve) => child.onExit(resolve))
    expect(code).toBe(1)
  })
})
