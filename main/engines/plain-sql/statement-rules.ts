import type { ScriptStatement } from './open-statement.ts'
import { parseCopyStatement } from './copy-statement.ts'
import { passwordRemarks } from './password-rules.ts'
import { sqlTokens, type SqlToken } from './sql-tokens.ts'

/** What a rule says about a statement. Its message is completed with the line. */
export interface Remark {
  readonly code: string
  readonly severity: 'error' | 'warning' | 'info'
  readonly says: string
  readonly fix: string
  /** In which line of the statement, from 0. Absent: in its first. */
  readonly lineOffset?: number
}

/** What to do with a statement, besides what there is to say about it. */
export interface Judgement {
  readonly remarks: readonly Remark[]
  /** Rows follow it on the next line. */
  readonly isCopyFromInput: boolean
  /** It belongs to the transaction in which the whole script runs, and is left out: `BEGIN`, `COMMIT`. */
  readonly isTransactionMark: boolean
}

const cutOut = 'Take the statement out of the file, or run it by hand where it belongs.'
const dumpAgain = 'Make the dump of one database with pg_dump, without --create.'

/** Judges one statement by its words. Strings and bodies of functions are not statements; what a DO block holds is looked into. */
export function judge(statement: ScriptStatement): Judgement {
  const first = /^[A-Za-z_]+/.exec(statement.text.toString('latin1', 0, 40))?.[0]?.toUpperCase() ?? ''
  const rule = rules[first]
  const remarks: Remark[] = []
  let tokens: readonly string[] | null = null
  const words = () => (tokens ??= upperWords(statement))
  if (rule !== undefined) remarks.push(...rule(words(), statement))
  if (mayCall.has(first) && dangerousCall.test(statement.text.toString('latin1'))) {
    // What a definition calls is called later, if ever.
    remarks.push(...calls(words(), first === 'CREATE' ? 'warning' : 'error'))
  }
  const passwords = passwordRemarks(statement)
  if (!statement.isTerminated) remarks.push(unfinished)
  return {
    // What shows the place replaces what only says that there is one.
    remarks: passwords.length === 0 ? remarks : [...remarks.filter(({ code }) => code !== 'PASSWORD'), ...passwords],
    isCopyFromInput: first === 'COPY' && copySource(words()) === 'STDIN',
    isTransactionMark: remarks.some(({ code }) => code === 'TRANSACTION_CONTROL'),
  }
}

const unfinished: Remark = {
  code: 'TRUNCATED',
  severity: 'error',
  says: 'The last statement does not end.',
  fix: 'Get the whole file again. Where nothing is missing, end the statement with a semicolon.',
}

type Rule = (words: readonly string[], statement: ScriptStatement) => readonly Remark[]

const rules: Readonly<Record<string, Rule>> = {
  COPY: copy,
  CREATE: define,
  ALTER: define,
  DROP: define,
  COMMENT: (words) => (isGlobal(words[2]) ? [about(words[2])] : []),
  SECURITY: (words) => (isGlobal(words[3]) ? [about(words[3])] : []),
  GRANT: grant,
  REVOKE: grant,
  REASSIGN: () => [about('ROLE')],
  DO: doBlock,
  USE: () => [error('SECOND_DATABASE', 'USE goes to another database.', dumpAgain)],
  ATTACH: () => [error('ATTACH', 'ATTACH opens another database file.', cutOut)],
  DETACH: () => [error('ATTACH', 'DETACH concerns another database file.', cutOut)],
  LOAD: (words) =>
    words[1] === 'DATA' || words[1] === 'XML'
      ? [
          error(
            'LOAD_DATA',
            'LOAD DATA reads a file of the client or the server.',
            'Put the rows into the dump itself.',
          ),
        ]
      : [error('LOAD_LIBRARY', 'LOAD loads a library into the server.', cutOut)],
  DELIMITER: () => [otherDialect('DELIMITER belongs to the client of MySQL.')],
  LOCK: (words) => (words[1] === 'TABLES' ? [otherDialect('LOCK TABLES belongs to MySQL.')] : []),
  UNLOCK: () => [otherDialect('UNLOCK TABLES belongs to MySQL.')],
  PRAGMA: (words) =>
    words.includes('WRITABLE_SCHEMA')
      ? [error('WRITABLE_SCHEMA', 'PRAGMA writable_schema lets a script write the structure of a file.', cutOut)]
      : [otherDialect('PRAGMA belongs to SQLite.')],
  VACUUM: () => [alone('VACUUM')],
  REINDEX: (words) =>
    words.includes('CONCURRENTLY') || words.includes('DATABASE') || words.includes('SYSTEM') ? [alone('REINDEX')] : [],
  BEGIN: transaction,
  START: (words) => (words[1] === 'TRANSACTION' ? transaction() : []),
  COMMIT: (words) => (words[1] === 'PREPARED' ? preparedTransaction() : transaction()),
  END: transaction,
  ROLLBACK: (words) => (words.includes('TO') ? [] : rollback()),
  ABORT: rollback,
  PREPARE: (words) => (words[1] === 'TRANSACTION' ? preparedTransaction() : []),
  SET: (words) =>
    words.includes('AUTHORIZATION') || words[1] === 'ROLE'
      ? [info('OTHER_ROLE', 'The script works as another role.', 'The user of the connection must be allowed to.')]
      : [],
}

function copy(words: readonly string[], { text, isCut, isTerminated }: ScriptStatement): readonly Remark[] {
  if (isCut) {
    return [error('STATEMENT_TOO_LONG', 'A COPY of more than 1 MiB before its rows is not looked through.', cutOut)]
  }
  const remarks: Remark[] = []
  const source = copySource(words)
  if (source === 'PROGRAM') {
    remarks.push(error('COPY_PROGRAM', 'COPY … PROGRAM runs a command on the server.', cutOut))
  } else if (source === 'FILE') {
    remarks.push(
      error('SERVER_FILE', 'COPY reads or writes a file of the server.', 'Put the rows into the dump itself.'),
    )
  } else if (source === 'STDIN' && words.some((word) => word === 'BINARY' || word === "'BINARY'")) {
    const fix = 'Make the dump again in the text format.'
    remarks.push(error('COPY_BINARY', 'Rows in binary form cannot be told from statements.', fix))
  } else if (source === 'STDIN' && isTerminated && parseCopyStatement(text.toString('latin1')) === null) {
    const fix = 'Make the dump again with pg_dump, which writes rows in the text format without options.'
    remarks.push(error('COPY_FORMAT', 'Rows in this form are not counted, so that nothing could be proven.', fix))
  }
  return remarks
}

/** What a COPY reads or writes. */
function copySource(words: readonly string[]): 'PROGRAM' | 'FILE' | 'STDIN' | 'STDOUT' | null {
  let depth = 0
  for (const [at, word] of words.entries()) {
    if (word === '(') depth += 1
    else if (word === ')') depth -= 1
    if (depth !== 0 || at < 2 || (word !== 'FROM' && word !== 'TO')) continue
    const next = words[at + 1] ?? ''
    if (next === 'PROGRAM') return 'PROGRAM'
    if (next === 'STDIN' || next === 'STDOUT') return word === 'FROM' ? 'STDIN' : 'STDOUT'
    if (/^(?:[EUeu]?&?'|\$)/.test(next)) return 'FILE'
  }
  return null
}

function define(words: readonly string[], statement: ScriptStatement): readonly Remark[] {
  const [verb = '', ...rest] = words
  const [kind, second, third] = rest
  if (kind === 'USER' && second === 'MAPPING') return hasPassword(statement) ? [password('A user mapping')] : []
  if (kind === 'SUBSCRIPTION') {
    return hasPassword(statement) ? [password('A subscription')] : []
  }
  if (kind === 'SERVER' || kind === 'FOREIGN') return hasPassword(statement) ? [password('A foreign server')] : []
  if (kind === 'ROLE' || kind === 'USER' || kind === 'GROUP') {
    return [about('ROLE'), ...(words.includes('PASSWORD') ? [password('A role')] : [])]
  }
  if (kind === 'DATABASE') {
    return [error('SECOND_DATABASE', `${verb} DATABASE concerns a whole database of the server.`, dumpAgain)]
  }
  if (kind === 'TABLESPACE') return [about('TABLESPACE')]
  if (kind === 'SYSTEM') return [error('SERVER_SETTING', 'ALTER SYSTEM changes the settings of the server.', cutOut)]
  if (kind === 'EVENT' && second === 'TRIGGER' && verb === 'CREATE') {
    return [warning('EVENT_TRIGGER', 'An event trigger runs code by itself.', 'Look at its function first.')]
  }
  if (kind === 'EXTENSION' && verb === 'CREATE') return extension(rest)
  const isIndex = kind === 'INDEX' || (kind === 'UNIQUE' && second === 'INDEX')
  if (isIndex && words.includes('CONCURRENTLY')) return [alone(`${verb} INDEX CONCURRENTLY`)]
  if (verb !== 'CREATE') return []
  const isRoutine = [kind, second, third].some((word) => word === 'FUNCTION' || word === 'PROCEDURE')
  return isRoutine ? routine(words, statement) : []
}

const untrusted = new Set(
  'PLPYTHON3U PLPYTHONU PLPYTHON2U PLPERLU PLTCLU PLSH FILE_FDW ADMINPACK C INTERNAL'.split(' '),
)

function extension(words: readonly string[]): readonly Remark[] {
  const name = words.find((word, at) => at > 0 && !['IF', 'NOT', 'EXISTS'].includes(word)) ?? ''
  if (!untrusted.has(unquoted(name))) return []
  const says = `The extension ${unquoted(name).toLowerCase()} reaches files or programs of the server.`
  return [warning('UNTRUSTED_EXTENSION', says, 'Restore with a user that is no superuser, or take it out.')]
}

function routine(words: readonly string[], { text }: ScriptStatement): readonly Remark[] {
  const remarks: Remark[] = []
  const language = unquoted(words[words.indexOf('LANGUAGE') + 1] ?? '')
  if (words.includes('LANGUAGE') && untrusted.has(language)) {
    const says = `A function in the language ${language.toLowerCase()} reaches files or programs of the server.`
    remarks.push(warning('UNTRUSTED_LANGUAGE', says, 'Restore with a user that is no superuser, or take it out.'))
  }
  const at = words.indexOf('DEFINER')
  if (at > 0 && words[at - 1] === 'SECURITY') {
    remarks.push(info('SECURITY_DEFINER', 'A function runs with the rights of its owner.', 'Look at its owner first.'))
  }
  if (copiesToProgram.test(text.toString('latin1'))) {
    const says = 'The body of a function holds COPY … PROGRAM, which runs a command on the server when it is called.'
    remarks.push(warning('SERVER_CODE', says, 'Restore with a user that is no superuser.'))
  }
  return remarks
}

const copiesToProgram = /\bcopy\b[\s\S]*?\b(?:to|from)\s+program\b/i

function doBlock(_words: readonly string[], { text, isCut }: ScriptStatement): readonly Remark[] {
  const body = text.toString('latin1')
  if (copiesToProgram.test(body)) {
    return [error('COPY_PROGRAM', 'A DO block with COPY … PROGRAM runs a command on the server.', cutOut)]
  }
  if (isCut || dangerousCall.test(body)) {
    return [error('SERVER_FILE', 'A DO block reaches files or programs of the server, or is too long to tell.', cutOut)]
  }
  const fix = 'Look at it first, and restore with a user that is no superuser.'
  return [warning('SERVER_CODE', 'A DO block runs code on the server while it is restored.', fix)]
}

/** `ON DATABASE`, `ON TABLESPACE`, `ON PARAMETER`, or no `ON` at all: membership of roles. */
function grant(words: readonly string[]): readonly Remark[] {
  const on = words.indexOf('ON')
  if (on < 0) return [about('ROLE')]
  const kind = words[on + 1]
  return kind === 'PARAMETER' || isGlobal(kind) ? [about(kind)] : []
}

const mayCall = new Set([
  'SELECT',
  'CREATE',
  'INSERT',
  'UPDATE',
  'WITH',
  'VALUES',
  'CALL',
  'TABLE',
  'EXECUTE',
  'EXPLAIN',
  'DECLARE',
])
const dangerousCall =
  /\b(?:pg_read_(?:binary_)?file|pg_file_(?:write|unlink|rename)|lo_(?:import|export)|pg_ls_\w+|pg_reload_conf|pg_terminate_backend|load_extension|dblink\w*|readfile|writefile|(?:out|dump)file)\b/i

function calls(words: readonly string[], severity: Remark['severity']): readonly Remark[] {
  const remarks: Remark[] = []
  for (const [at, word] of words.entries()) {
    const previous = words[at - 1]
    if ((word === 'OUTFILE' || word === 'DUMPFILE') && previous === 'INTO') {
      remarks.push(error('INTO_OUTFILE', `INTO ${word} writes a file of the server.`, cutOut))
    } else if (words[at + 1] === '(' && dangerousCall.test(unquoted(word)) && !word.startsWith("'")) {
      const name = unquoted(word).toLowerCase()
      const isDblink = name.startsWith('dblink')
      const code = isDblink ? 'OTHER_SERVER' : name === 'load_extension' ? 'LOAD_EXTENSION' : 'SERVER_FILE'
      const what = isDblink ? 'another server' : 'files, programs or processes of the server'
      remarks.push({ code, severity, says: `A call of ${name} reaches ${what}.`, fix: cutOut })
    }
  }
  return remarks
}

function transaction(): readonly Remark[] {
  const says = 'The script begins and ends transactions of its own.'
  return [info('TRANSACTION_CONTROL', says, 'Nothing to do: Holdfast leaves these out and restores all of it in one.')]
}

function rollback(): readonly Remark[] {
  return [error('ROLLBACK', 'The script takes back what it did before.', 'Take out what is rolled back.')]
}

function preparedTransaction(): readonly Remark[] {
  return [error('PREPARED_TRANSACTION', 'A prepared transaction outlives the script.', cutOut)]
}

function isGlobal(kind: string | undefined): boolean {
  return kind === 'DATABASE' || kind === 'ROLE' || kind === 'TABLESPACE'
}

function about(kind: string | undefined): Remark {
  if (kind === 'DATABASE') return error('SECOND_DATABASE', 'A statement concerns a whole database.', dumpAgain)
  const what = kind === 'TABLESPACE' ? 'tablespaces' : kind === 'PARAMETER' ? 'settings' : 'roles'
  const fix = `Make ${what} by hand first, and take these statements out of the file.`
  return error('WHOLE_SERVER', `A statement concerns ${what}, which belong to the whole server.`, fix)
}

function alone(what: string): Remark {
  const fix = 'Take it out of the file, and run it after the restore.'
  return error('NOT_IN_TRANSACTION', `${what} cannot run in the transaction of a restore.`, fix)
}

function password(what: string): Remark {
  const fix = 'Keep the file where only its owner can read it, and change the password.'
  return warning('PASSWORD', `${what} has a password that can be read in the file.`, fix)
}

function otherDialect(says: string): Remark {
  return error('OTHER_DIALECT', says, 'Only scripts for PostgreSQL are restored by this version.')
}

function hasPassword({ text }: ScriptStatement): boolean {
  return /password/i.test(text.toString('latin1'))
}

function error(code: string, says: string, fix: string): Remark {
  return { code, severity: 'error', says, fix }
}

function warning(code: string, says: string, fix: string): Remark {
  return { code, severity: 'warning', says, fix }
}

function info(code: string, says: string, fix: string): Remark {
  return { code, severity: 'info', says, fix }
}

/** Words in capitals, symbols as they are, and the beginnings of strings. Enough of a long statement to judge it. */
function upperWords({ text }: ScriptStatement): readonly string[] {
  const words: string[] = []
  for (const token of sqlTokens(text.toString('latin1'))) {
    words.push(shortWord(token))
    if (words.length >= 200_000) break
  }
  return words
}

function shortWord({ kind, text }: SqlToken): string {
  if (kind === 'quoted') return text
  return (kind === 'string' ? text.slice(0, 16) : text).toUpperCase()
}

function unquoted(word: string): string {
  return (word.startsWith('"') || word.startsWith("'") ? word.slice(1, -1) : word).toUpperCase()
}
