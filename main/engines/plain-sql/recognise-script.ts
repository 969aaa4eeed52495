import type { Dialect } from './script-listener.ts'

const statements =
  'SET SELECT CREATE INSERT BEGIN START COPY ALTER DROP DO UPDATE DELETE TRUNCATE GRANT REVOKE COMMENT WITH USE ATTACH LOAD PRAGMA DELIMITER LOCK VACUUM COMMIT CALL'
const beginning = new RegExp(String.raw`^(?:\\[a-zA-Z!?;]|\.[a-z]{2,}\b|(?:${statements.replaceAll(' ', '|')})\b)`, 'i')

/** Whose script begins with these bytes, by content; null where it is no script. UTF-16 counts as one of PostgreSQL. Pure. */
export function recogniseScript(head: Uint8Array): Dialect | null {
  const bytes = Buffer.from(head)
  const [first, second] = bytes
  if ((first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff)) {
    return isScript(bytes.toString('latin1').replaceAll('\0', '').slice(2)) ? 'postgresql' : null
  }
  const text = bytes.toString('latin1').replace(/^\u00ef\u00bb\u00bf/, '')
  const isDump = /^\s*--[^\n]*\n-- PostgreSQL database (?:cluster )?dump/.test(text)
  if (isDump) return 'postgresql'
  if (/^(?:\/\*M?![^\n]*\n)?-- (?:MySQL|MariaDB) dump /.test(text)) return 'mysql'
  if (!isScript(text)) return null
  if (/^\s*PRAGMA\b|^\s*\.[a-z]{2,}/i.test(withoutComments(text))) return 'sqlite'
  return 'postgresql'
}

function isScript(text: string): boolean {
  return beginning.test(withoutComments(text))
}

/** The text behind the comments at its beginning. */
function withoutComments(text: string): string {
  let at = 0
  for (;;) {
    while (/\s/.test(text.charAt(at))) at += 1
    if (text.startsWith('--', at) || text.startsWith('#', at)) {
      const end = text.indexOf('\n', at)
      if (end < 0) return ''
      at = end + 1
    } else if (text.startsWith('/*', at)) {
      const end = text.indexOf('*/', at + 2)
      if (end < 0) return ''
      at = end + 2
    } else return text.slice(at, at + 200)
  }
}
