import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { compileCache } from './browser-host.ts'
import type { App } from './fixtures.ts'

const run = promisify(execFile)
const program = fileURLToPath(new URL('../../dist/main/cli.js', import.meta.url))

/** Runs a command on the application's own home, beside its window. Answers the `data` that `--json` printed. Throws where it fails with a code that is not named. */
export async function commandLine(
  app: Pick<App, 'folder' | 'home'>,
  args: readonly string[],
  codes: readonly number[] = [0, 3],
): Promise<unknown> {
  const ended = await run(process.execPath, [program, ...args, '--json', '--no-input'], {
    cwd: app.folder,
    maxBuffer: 64 * 1024 * 1024,
    env: {
      PATH: process.env['PATH'],
      HOME: app.folder,
      LC_ALL: 'C.UTF-8',
      NODE_COMPILE_CACHE: compileCache,
      HOLDFAST_HOME: app.home,
      HOLDFAST_VAULT_PASSPHRASE_FILE: join(app.folder, 'vault-passphrase'),
    },
  }).catch((error: unknown) => {
    const { code, stdout, stderr } = error as { code?: unknown; stdout?: string; stderr?: string }
    if (typeof code === 'number' && codes.includes(code)) return { stdout: stdout ?? '', stderr: stderr ?? '' }
    throw new Error(`holdfast ${args.join(' ')} ended with ${String(code)}.\n${stderr ?? ''}${stdout ?? ''}`)
  })
  return (JSON.parse(ended.stdout) as { readonly data: unknown }).data
}
