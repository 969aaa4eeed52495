/**
 * `npm start [-- --home <folder>] [--browser] [--port <n>] [--allow <folder>]…`: the application, built first when a
 * source changed. In Electron where its runtime and a display are there; else, or with one of the last three flags,
 * served to a browser on this machine: the address is the only line on stdout. HOLDFAST_NO_OPEN=1 keeps the default
 * browser closed.
 */
import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { parseArgs } from 'node:util'
import type * as browserHost from '../main/browser/main.ts'
import { browserBundle, desktopBundle, isBundleStale } from './build-steps/bundle.ts'
import { runProgram } from './build-steps/project.ts'
import { isRendererStale } from './build-steps/renderer.ts'
import { tryDesktop } from './start-steps/desktop.ts'
import { hasDisplay } from './start-steps/electron-runtime.ts'
import { openAddress } from './start-steps/open-address.ts'

const args = process.argv.slice(2).filter((arg) => arg !== '--browser')
const { values } = parseArgs({
  strict: false,
  options: {
    browser: { type: 'boolean' },
    port: { type: 'string' },
    allow: { type: 'string' },
    home: { type: 'string' },
    help: { type: 'boolean', short: 'h' },
  },
})
// A port, and folders to look through, mean nothing to a desktop with dialogs of its own.
const isBrowserWanted = [values.browser, values.port, values.allow, values.help].some((value) => value !== undefined)

if (isBundleStale() || isRendererStale()) {
  process.stderr.write('Building…\n')
  const { isOk, output } = runProgram('build', [], { quiet: true })
  if (!isOk) {
    process.stderr.write(`The build failed.\n${output}`)
    process.exit(1)
  }
}
// npm changes to the project's folder; paths on the command line mean the folder it was typed in.
const { INIT_CWD: typedIn } = process.env
if (typedIn !== undefined && existsSync(typedIn)) process.chdir(typedIn)

if (!isBrowserWanted) {
  if (typeof values.home === 'string') process.env['HOLDFAST_HOME'] = resolve(values.home)
  const desktop = await tryDesktop(desktopBundle, process.env)
  if (desktop.isUp) process.exit(await desktop.ended)
  process.stderr.write(`The window is served to a browser because ${desktop.why}.\n`)
}
const { serve } = (await import(pathToFileURL(browserBundle).href)) as typeof browserHost
const mayOpen = process.env['HOLDFAST_NO_OPEN'] !== '1' && hasDisplay(process.env, process.platform)
process.exit(await serve(args, mayOpen ? { onAddress: (address) => openAddress(address) } : {}))
