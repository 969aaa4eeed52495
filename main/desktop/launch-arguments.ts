import { resolve } from 'node:path'
import { linkScheme, routeOfLink } from './deep-link.ts'

/** What the system or a second launch wants to see: a page, a file to look into, or just the window. */
export type Opening =
  | { readonly kind: 'window' }
  | { readonly kind: 'route'; readonly route: string }
  | { readonly kind: 'file'; readonly path: string }

const dump = /\.(dump|sql|bak|archive|tar|sqlite|hfp)(\.(zst|gz))?(\.age)?$/i

/** Whether a file's name is that of a dump or a backup, so that it can be looked into. */
export function isDumpName(path: string): boolean {
  return dump.test(path)
}

/**
 * What a launch with these arguments opens. The first is the program; options, the project's folder and whatever else
 * is neither a link nor a dump are left alone. Relative paths mean `workingDirectory`.
 */
export function openingOf(argv: readonly string[], workingDirectory: string): Opening {
  for (const argument of argv.slice(1)) {
    if (argument.startsWith('-')) continue
    if (argument.toLowerCase().startsWith(`${linkScheme}:`)) return openingOfLink(argument)
    if (isDumpName(argument)) return { kind: 'file', path: resolve(workingDirectory, argument) }
  }
  return { kind: 'window' }
}

/** What a link opens; one that says nothing known shows the window. */
export function openingOfLink(link: string): Opening {
  const route = routeOfLink(link)
  return route === null ? { kind: 'window' } : { kind: 'route', route }
}
