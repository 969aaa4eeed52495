import { existsSync, statSync } from 'node:fs'
import { basename, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { AppError } from '../../preload/contract/index.ts'
import { homeFolder } from '../app/home.ts'

/** How the window is served. Paths are absolute. */
export interface ServeOptions {
  /** 0: any free one. */
  readonly port: number
  /** HOLDFAST_HOME. */
  readonly home: string
  /** Folders that may be looked through besides the destinations. */
  readonly allow: readonly { readonly label: string; readonly path: string }[]
  /** Where the files of the window lie. */
  readonly renderer: string
}

/** What `--help` prints. */
export const helpText = `usage: holdfast serve [--port <n>] [--allow <folder>]… [--home <folder>]

Serves the application to a browser on this machine, and prints the address.
Enter (or SIGUSR2) prints a new address for another browser; Ctrl-C ends.

  --port <n>        a port of 127.0.0.1; any free one by default
  --allow <folder>  a folder in which the window may choose files, besides the home folder and the destinations
  --home <folder>   where Holdfast keeps its data, instead of HOLDFAST_HOME
`

/** Reads the arguments; null where help is asked for. Throws `USAGE`. */
export function parseOptions(
  argv: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): ServeOptions | null {
  const { values } = parse(argv)
  if (values.help === true) return null
  return {
    port: values.port === undefined ? 0 : parsePort(values.port),
    home: values.home === undefined ? homeFolder(env) : resolve(values.home),
    allow: (values.allow ?? []).map(allowedFolder),
    renderer: values.renderer === undefined ? builtRenderer(import.meta.url) : resolve(values.renderer),
  }
}

/** The built window: seen from a source in `main/browser/`, or from a bundle in `dist/main/`. */
export function builtRenderer(ownUrl: string): string {
  return fileURLToPath(new URL(ownUrl.endsWith('.ts') ? '../../dist/renderer' : '../renderer', ownUrl))
}

function parse(argv: readonly string[]) {
  try {
    return parseArgs({
      args: [...argv],
      options: {
        port: { type: 'string' },
        home: { type: 'string' },
        allow: { type: 'string', multiple: true },
        renderer: { type: 'string' },
        help: { type: 'boolean', short: 'h' },
      },
    })
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : String(cause)
    throw new AppError('USAGE', message, { remedy: 'Add --help to see what is taken.', cause })
  }
}

function parsePort(text: string): number {
  const port = Number(text)
  if (/^\d+$/.test(text) && port <= 65_535) return port
  throw new AppError('USAGE', 'A port is a number from 1 to 65535; 0 is any free one.')
}

function allowedFolder(text: string): { readonly label: string; readonly path: string } {
  const path = resolve(text)
  if (!existsSync(path) || !statSync(path).isDirectory()) {
    throw new AppError('USAGE', `--allow names no folder: ${path}`, { remedy: 'Name a folder that exists.' })
  }
  return { label: basename(path) || path, path }
}
