import type { DatabaseFacts } from '../engine.ts'
import { localeOf } from './facts.ts'
import { quoteIdentifier, quoteLiteral } from './quoting.ts'

/**
 * The statement that creates an empty database like the source: its encoding, locale provider and collation, from
 * `template0`, closed to connections. `owner` null: the role that creates it. Pure.
 */
export function createStatement(
  name: string,
  like: DatabaseFacts | null,
  owner: string | null,
  serverVersion: number,
): string {
  const options = [
    'TEMPLATE template0',
    'ALLOW_CONNECTIONS false',
    ...(like === null ? [] : likeOptions(like, serverVersion)),
  ]
  if (owner !== null) options.push(`OWNER ${quoteIdentifier(owner)}`)
  return `CREATE DATABASE ${quoteIdentifier(name)} ${options.join(' ')}`
}

function likeOptions(like: DatabaseFacts, serverVersion: number): readonly string[] {
  const options: string[] = []
  if (like.encoding !== null) options.push(`ENCODING ${quoteLiteral(like.encoding)}`)
  const locale = localeOf(like)
  if (locale === null) return options
  options.push(`LC_COLLATE ${quoteLiteral(locale.collate)}`, `LC_CTYPE ${quoteLiteral(locale.ctype)}`)
  if (serverVersion < 150_000) return options
  options.push(`LOCALE_PROVIDER ${locale.provider}`)
  if (locale.provider === 'icu' && locale.locale !== null) {
    options.push(`ICU_LOCALE ${quoteLiteral(locale.locale)}`)
    if (locale.icuRules !== null && serverVersion >= 160_000) options.push(`ICU_RULES ${quoteLiteral(locale.icuRules)}`)
  }
  if (locale.provider === 'builtin' && locale.locale !== null)
    options.push(`BUILTIN_LOCALE ${quoteLiteral(locale.locale)}`)
  return options
}
