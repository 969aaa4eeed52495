import type { ScriptStatement } from './open-statement.ts'
import type { Remark } from './statement-rules.ts'

const text = String.raw`[EUN]?'(?:[^'\\]|''|\\.)*'`
/** Clauses of PostgreSQL and MySQL that give a password or its hash, and hashes wherever they stand. */
const clauses = new RegExp(
  [
    String.raw`(?<plain>\bPASSWORD\s*(?:=|TO\b)?\s*(?:PASSWORD\s*\(\s*)?${text})`,
    String.raw`(?<identified>\bIDENTIFIED\s+(?:(?:WITH|VIA)\s+[\w"\x60']+\s+)?(?:BY|AS|USING)\s+(?:PASSWORD\s+)?${text})`,
    String.raw`(?<scram>SCRAM-SHA-256\$\d+:[A-Za-z0-9+/=]+\$[A-Za-z0-9+/=:]+)`,
    String.raw`(?<md5>'md5[0-9a-f]{32}')`,
  ].join('|'),
  'gi',
)
const quick = /password|identified|scram-sha-256|'md5/i
/** Statements that put rows into tables: a value that looks like an old hash is a value there. */
const rows = /^(?:INSERT|COPY|REPLACE|UPDATE)\b/i
/** More of one statement say nothing new. */
const mostPerStatement = 5
const fix = 'Keep the file where only its owner can read it, and change the password.'

/** Passwords, and hashes of them, that can be read in a statement: each with its line, and never itself. Pure. */
export function passwordRemarks(statement: ScriptStatement): readonly Remark[] {
  const sql = statement.text.toString('latin1')
  if (!quick.test(sql)) return []
  const isRows = rows.test(sql)
  const remarks: Remark[] = []
  for (const found of sql.matchAll(clauses)) {
    if (remarks.length === mostPerStatement) break
    const { scram, md5, plain, identified } = found.groups ?? {}
    if (isRows && scram === undefined) continue
    const isEmpty = /(?:''|NULL)$/i.test(found[0])
    if (isEmpty) continue
    const isHash =
      (scram ?? md5) !== undefined || /'(?:SCRAM-SHA-256\$|md5[0-9a-f]{32}'|\*[0-9A-F]{40}')/i.test(found[0])
    const clause = masked(plain ?? identified ?? found[0])
    const what = isHash ? 'The hash of a password' : 'A password'
    const line = sql.slice(0, found.index).split('\n').length - 1
    const says = `${what} can be read in the file: ${beginning(sql)} … ${clause}`
    remarks.push({ code: 'PASSWORD', severity: 'warning', says, fix, lineOffset: line })
  }
  return remarks
}

/** The clause without what it keeps secret. */
function masked(clause: string): string {
  return clause
    .replace(/SCRAM-SHA-256\$.*/is, "SCRAM-SHA-256$***'")
    .replace(/'md5[0-9a-f]{32}'/i, "'md5***'")
    .replace(/'(?!md5\*|SCRAM)(?:[^'\\]|''|\\.)*'(?=\s*\)?$)/s, "'***'")
    .replace(/\s+/g, ' ')
}

/** The first words, up to the first thing in quotes that may be secret. */
function beginning(sql: string): string {
  return (/^[^'$]{0,60}/.exec(sql)?.[0] ?? '')
    .replace(/\s+/g, ' ')
    .replace(/\s?\b(?:ENCRYPTED )?PASSWORD\b.*|\s?\bIDENTIFIED\b.*/i, '')
    .trim()
}
