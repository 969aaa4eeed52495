import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { afterEach, beforeAll, beforeEach, expect, it, vi } from 'vitest'
import { desktopBundle, isBundleStale } from './build-steps/bundle.ts'
import { root, runProgram } from './build-steps/project.ts'
import { isRendererStale } from './build-steps/renderer.ts'

let folder: string
const running: Started[] = []

beforeAll(() => {
  if (isBundleStale() || isRendererStale()) runProgram('build', [])
})
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'holdfast-start-'))
  mkdirSync(join(folder, 'runtime'))
  mkdirSync(join(folder, 'bin'))
})
afterEach(async () => {
  for (const { child, ended } of running.splice(0)) {
    child.kill('SIGKILL')
    await ended
  }
  rmSync(folder, { recursive: true, force: true })
})

interface Started {
  readonly child: ChildProcess
  readonly ended: Promise<number | null>
  stdout(): string
  stderr(): string
}

/** Starts the script with a stand-in for Electron's runtime, which is what `electron` does; null: there is none. */
function start(options: {
  electron: string | null
  display?: string
  args?: readonly string[]
  env?: Record<string, string>
}): Started {
  if (options.electron !== null) plant(join(folder, 'runtime/electron'), options.electron)
  const child = spawn(process.execPath, [join(root, 'scripts/start.ts'), ...(options.args ?? [])], {
    cwd: folder,
    stdio: ['pipe', 'pipe', 'pipe'],
    env: {
      PATH: `${join(folder, 'bin')}${delimiter}${process.env['PATH'] ?? ''}`,
      HOME: folder,
      HOLDFAST_HOME: join(folder, 'home'),
      HOLDFAST_NO_OPEN: '1',
      ELECTRON_OVERRIDE_DIST_PATH: join(folder, 'runtime'),
      ...(options.display === undefined ? {} : { DISPLAY: options.display }),
      ...options.env,
    },
  })
  const output = { stdout: '', stderr: '' }
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (chunk: string) => (output[name] += chunk))
  }
  const ended = once(child, 'exit').then(([code]) => code as number | null)
  const started = { child, ended, stdout: () => output.stdout, stderr: () => output.stderr }
  running.push(started)
  return started
}

function plant(path: string, script: string): void {
  writeFileSync(path, `#!/bin/sh\n${script}\n`)
  chmodSync(path, 0o755)
}

/** The address that was printed as the only line of stdout. */
async function addressOf(started: Started, line = 1): Promise<string> {
  const isThere = () => {
    const lines = started.stdout().split('\n')
    expect(lines).toHaveLength(line + 1)
    return lines[line - 1] ?? ''
  }
  return await vi.waitFor(isThere, { timeout: 60_000, interval: 50 })
}

async function pageAt(address: string): Promise<string> {
  const exchanged = await fetch(address, { redirect: 'manual' })
  const cookie = exchanged.headers.get('set-cookie')?.split(';', 1)[0] ?? ''
  return await (await fetch(new URL('/', address), { headers: { cookie } })).text()
}

it('without the runtime says why in one sentence, and prints an address that shows the window', async () => {
  const started = start({ electron: null, display: ':99' })
  const address = await addressOf(started)
  expect(address).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/\?token=[\w-]{43}$/)
  expect(started.stderr()).toContain(
    "The window is served to a browser because Electron's runtime is not installed (npx install-electron fetches it).\n",
  )
  expect(await pageAt(address)).toContain('<title>Holdfast</title>')
  started.child.kill('SIGTERM')
  expect(await started.ended).toBe(0)
})

it('without a display does not try the runtime', async () => {
  const started = start({ electron: `touch ${folder}/tried` })
  await addressOf(started)
  expect(started.stderr()).toContain('because there is no display.\n')
  expect(existsSync(join(folder, 'tried'))).toBe(false)
})

it('falls back where the runtime ends at once, in its own words', async () => {
  const started = start({
    electron: 'echo "Running as root without --no-sandbox is not supported." >&2; exit 1',
    display: ':99',
  })
  await addressOf(started)
  expect(started.stderr()).toContain(
    'because Electron ended at once: Running as root without --no-sandbox is not supported.\n',
  )
})

it('leaves the window to a runtime that stays, and ends with it', async () => {
  const started = start({
    electron: `echo "$1 $HOLDFAST_HOME" >${folder}/tried; exec sleep 60`,
    display: ':99',
    args: ['--home', 'other'],
  })
  await vi.waitFor(() => expect(existsSync(join(folder, 'tried'))).toBe(true), { timeout: 20_000 })
  expect(readFileSync(join(folder, 'tried'), 'utf8')).toBe(`${desktopBundle} ${join(folder, 'other')}\n`)
  await new Promise((resolve) => setTimeout(resolve, 3_000))
  started.child.kill('SIGTERM')
  expect(await started.ended).toBe(1)
  expect(started.stdout()).toBe('')
})

it('is a browser host where one is asked for, with a port and folders of the caller', async () => {
  const started = start({ electron: `touch ${folder}/tried`, display: ':99', args: ['--port', '0', '--allow', 'bin'] })
  await addressOf(started)
  expect(existsSync(join(folder, 'tried'))).toBe(false)
})

it('opens the default browser where there is a display, unless it shall not', async () => {
  plant(join(folder, 'bin/xdg-open'), `echo "$1" >${folder}/opened`)
  const opened = start({ electron: null, display: ':99', env: { HOLDFAST_NO_OPEN: '' } })
  const address = await addressOf(opened)
  await vi.waitFor(() => expect(readFileSync(join(folder, 'opened'), 'utf8')).toBe(`${address}\n`))
  rmSync(join(folder, 'opened'))
  await addressOf(start({ electron: null, display: ':99' }))
  await addressOf(start({ electron: null, env: { HOLDFAST_NO_OPEN: '' } }))
  expect(existsSync(join(folder, 'opened'))).toBe(false)
})

it('prints another address for Enter and for SIGUSR2; the unused one before it is dead', async () => {
  const started = start({ electron: null })
  const first = await addressOf(started)
  started.child.stdin?.write('\n')
  const second = await addressOf(started, 2)
  started.child.kill('SIGUSR2')
  const third = await addressOf(started, 3)
  expect(new Set([first, second, third]).size).toBe(3)
  expect(await pageAt(second)).toContain('has no session')
  expect(await pageAt(third)).toContain('<title>Holdfast</title>')
})

it('refuses flags that it does not know', async () => {
  const started = start({ electron: null, args: ['--browser', '--what'] })
  expect(await started.ended).toBe(2)
  expect(started.stderr()).toContain("Unknown option '--what'")
})
