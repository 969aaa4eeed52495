import { spawn, type ChildProcess } from 'node:child_process'
import { existsSync } from 'node:fs'
import { electronRuntime, hasDisplay } from './electron-runtime.ts'

type Environment = Readonly<Record<string, string | undefined>>

/** A desktop that is up ends with this exit code; one that isn't has a reason, which follows "because". */
export type Desktop =
  { readonly isUp: true; readonly ended: Promise<number> } | { readonly isUp: false; readonly why: string }

/** A start that fails does so at once: no sandbox, no such display, a missing library. */
const graceMs = 2_000

/** Starts the window in Electron where that can be. Resolves within two seconds. */
export async function tryDesktop(bundle: string, env: Environment, platform = process.platform): Promise<Desktop> {
  const runtime = electronRuntime(env)
  if (runtime === null) {
    return { isUp: false, why: "Electron's runtime is not installed (npx install-electron fetches it)" }
  }
  if (!hasDisplay(env, platform)) return { isUp: false, why: 'there is no display' }
  if (!existsSync(bundle)) return { isUp: false, why: 'this build has no desktop window' }
  return await start(runtime, bundle, env)
}

async function start(runtime: string, bundle: string, env: Environment): Promise<Desktop> {
  const child = spawn(runtime, [bundle], { stdio: ['ignore', 'ignore', 'pipe'], env: { ...env } })
  let said = ''
  child.stderr?.setEncoding('utf8').on('data', (chunk: string) => (said = (said + chunk).slice(-4_000)))
  const ended = exitOf(child)
  const early = await Promise.race([ended, wait(graceMs)])
  if (early === null || early.code === 0) {
    child.stderr?.removeAllListeners('data').pipe(process.stderr)
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      // A terminal sends Ctrl-C to Electron too.
      process.on(signal, () => (signal === 'SIGINT' && process.stdin.isTTY ? undefined : child.kill(signal)))
    }
    return { isUp: true, ended: ended.then(({ code }) => code) }
  }
  const last =
    said
      .trim()
      .split('\n')
      .at(-1)
      ?.replace(/[.\s]+$/, '') ?? ''
  return { isUp: false, why: `Electron ended at once${last === '' ? '' : `: ${last.slice(0, 300)}`}` }
}

function exitOf(child: ChildProcess): Promise<{ readonly code: number }> {
  return new Promise((resolve) => {
    child.once('exit', (code) => resolve({ code: code ?? 1 }))
    child.once('error', () => resolve({ code: 1 }))
  })
}

function wait(ms: number): Promise<null> {
  return new Promise((resolve) => void setTimeout(() => resolve(null), ms).unref())
}
