import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

const program = fileURLToPath(new URL('./testing/interruptible-program.ts', import.meta.url))

let folder: string
let cleanedUp: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'holdfast-interrupt-'))
  cleanedUp = join(folder, 'cleaned-up')
})
afterEach(() => rmSync(folder, { recursive: true }))

/** Runs the program, sends the signals once it says that it is running, and tells how it ended. */
async function interrupted(
  argv: readonly string[],
  options: {
    readonly cleanUpMs: number
    readonly signals: readonly NodeJS.Signals[]
    readonly env?: Readonly<Record<string, string>>
  },
) {
  const env = {
    ...process.env,
    ...options.env,
    FAKE_CLEAN_UP_MS: String(options.cleanUpMs),
    FAKE_CLEANED_UP: cleanedUp,
  }
  const child = spawn(process.execPath, [program, ...argv], { env, stdio: ['ignore', 'pipe', 'pipe'] })
  const [stdout, stderr]: [string[], string[]] = [[], []]
  const running = Promise.withResolvers<void>()
  child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => {
    stderr.push(chunk.toString())
    if (chunk.toString().includes('running')) running.resolve()
  })
  const exit = new Promise<number | null>((resolve) => child.on('close', resolve))
  await Promise.race([running.promise, exit])
  const since = performance.now()
  for (const signal of options.signals) {
    child.kill(signal)
    await new Promise((resolve) => setTimeout(resolve, 150))
  }
  const exitCode = await exit
  return { exitCode, ms: performance.now() - since, stdout: stdout.join(''), stderr: stderr.join('') }
}

describe('Ctrl-C', () => {
  it.each<NodeJS.Signals>(['SIGINT', 'SIGTERM'])('(%s) cancels the job and waits for its clean-up', async (signal) => {
    const ended = await interrupted(['backup', 'shop', '--json'], { cleanUpMs: 400, signals: [signal] })
    expect(ended.exitCode).toBe(130)
    expect(existsSync(cleanedUp)).toBe(true)
    expect(JSON.parse(ended.stdout)).toMatchObject({ ok: false, error: { code: 'CANCELLED' } })
    expect(ended.stderr).toContain('Once more')
    expect(ended.ms).toBeLessThan(1500)
  })

  it('a second time leaves at once, and says what that means', async () => {
    const ended = await interrupted(['backup', 'shop', '--json'], { cleanUpMs: 30_000, signals: ['SIGINT', 'SIGINT'] })
    expect(ended.exitCode).toBe(130)
    expect(ended.stderr).toContain('Left without waiting')
    expect(JSON.parse(ended.stdout)).toMatchObject({ error: { code: 'CANCELLED' } })
    expect(ended.ms).toBeLessThan(1500)
    expect(existsSync(cleanedUp)).toBe(false)
  })

  it('waits two seconds and no longer', async () => {
    const ended = await interrupted(['backup', 'shop'], { cleanUpMs: 30_000, signals: ['SIGINT'] })
    expect(ended.exitCode).toBe(130)
    expect(ended.ms).toBeGreaterThan(1900)
    expect(ended.ms).toBeLessThan(4000)
    expect(ended.stderr).toContain('longer than two seconds')
    expect(ended.stdout).toBe('')
  })

  it('waits longer for hooks that always run', async () => {
    const unfinished = { FAKE_UNFINISHED: 'yes' }
    const options = { cleanUpMs: 3_000, signals: ['SIGINT'] as const, env: unfinished }
    const ended = await interrupted(['backup', 'shop'], options)
    expect([ended.exitCode, existsSync(cleanedUp)]).toEqual([130, true])
    expect(ended.stderr).toContain('Hooks that always run are running.')
    expect(ended.stderr).not.toContain('longer than two seconds')
    const second = await interrupted(['backup', 'shop'], {
      ...options,
      cleanUpMs: 30_000,
      signals: ['SIGINT', 'SIGINT'],
    })
    expect(second.ms).toBeLessThan(1500)
  })

  it('without a job leaves at once', async () => {
    const ended = await interrupted(['connection', 'test', 'shop'], { cleanUpMs: 0, signals: ['SIGINT'] })
    expect([ended.exitCode, ended.stdout]).toEqual([130, ''])
    expect(ended.ms).toBeLessThan(1500)
  })
})
