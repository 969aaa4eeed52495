import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const project = fileURLToPath(new URL('../..', import.meta.url))
const bundle = join(project, 'dist/main/browser.js')

/** Where processes of the specs keep what was compiled of the bundle: each would take a fifth of its start for it again. */
export const compileCache = join(project, 'node_modules/.cache/holdfast-window-tests')

/** A process that serves the window. */
export interface BrowserHost {
  readonly pid: number
  /** The newest address that it printed. It opens one session. */
  readonly address: string
  /** Has it print another address, which is then the newest. */
  newAddress(): Promise<string>
  stderr(): string
  /** Resolves when standard error holds `text`. */
  said(text: string): Promise<void>
  signal(signal: NodeJS.Signals): void
  /** The exit code, once it has ended. */
  readonly ended: Promise<number | null>
}

/** How it is started. */
export interface BrowserHostOptions {
  /** Its HOME, and the folder in which it runs. */
  readonly folder: string
  readonly home: string
  readonly args?: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  /** The sources instead of the bundle. */
  readonly fromSource?: boolean
}

/** Starts the browser host with a vault whose passphrase is in `folder/vault-passphrase`, and waits for its address. */
export async function startBrowserHost(options: BrowserHostOptions): Promise<BrowserHost> {
  const { folder, home, args = [], env = {}, fromSource = false } = options
  if (!fromSource && !existsSync(bundle)) throw new Error('The bundle is missing. Run: npm run build')
  const program = fromSource ? join(project, 'main/browser/main.ts') : bundle
  const child = spawn(process.execPath, [program, ...args], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      PATH: process.env['PATH'],
      HOME: folder,
      LC_ALL: 'C.UTF-8',
      NODE_COMPILE_CACHE: compileCache,
      HOLDFAST_HOME: home,
      HOLDFAST_VAULT_PASSPHRASE_FILE: join(folder, 'vault-passphrase'),
      ...env,
    },
  })
  const output = { stdout: '', stderr: '' }
  const watchers: (() => void)[] = []
  const changed = () => new Promise<void>((resolve) => watchers.push(resolve))
  const tell = () => {
    for (const watcher of watchers.splice(0)) watcher()
  }
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (chunk: string) => {
      output[name] += chunk
      tell()
    })
  }
  let exitCode: number | null = null
  let hasEnded = false
  const ended = once(child, 'exit').then(([code]) => {
    hasEnded = true
    exitCode = code as number | null
    tell()
    return exitCode
  })
  const until = async (isThere: () => boolean) => {
    while (!isThere()) {
      if (hasEnded) throw new Error(`The browser host ended with ${String(exitCode)}.\n${output.stderr}`)
      await changed()
    }
  }
  const addresses = () => output.stdout.split('\n').slice(0, -1)
  await until(() => addresses().length > 0)
  return {
    pid: child.pid ?? 0,
    get address() {
      return addresses().at(-1) ?? ''
    },
    newAddress: async () => {
      const count = addresses().length
      child.kill('SIGUSR2')
      await until(() => addresses().length > count)
      return addresses().at(-1) ?? ''
    },
    stderr: () => output.stderr,
    said: (text) => until(() => output.stderr.includes(text)),
    signal: (signal) => void child.kill(signal),
    ended,
  }
}
