import type { ScriptStatement } from './open-statement.ts'

/** Whose rules of quoting a script follows. */
export type Dialect = 'postgresql' | 'mysql' | 'sqlite'

/** A command to the client itself: from the backslash (or dot) to the end of its line. */
export interface ClientCommand {
  /** At most 200 bytes of it. */
  readonly text: string
  readonly start: number
  /** Behind the line break. */
  readonly end: number
  readonly line: number
  /** No statement had begun. */
  readonly isBetweenStatements: boolean
}

/** Where a script ended. `what` is null where nothing was open. */
export interface ScriptEnd {
  readonly what: 'a string' | 'a quoted name' | 'a comment' | 'the rows of a COPY' | null
  /** Line on which that began. */
  readonly line: number
}

/** Receives what the lexer finds, in the order of the script. */
export interface ScriptListener {
  /** Answers `copy` where rows follow on the next line. */
  statement(statement: ScriptStatement): 'copy' | 'sql'
  /** Rows of COPY, whole lines or not, with the line that ends them; valid until the promise, if any, resolves. */
  copyRows(bytes: Buffer): void | Promise<void>
  command(command: ClientCommand): void
  /** A comment of one whole line between statements: at most 200 bytes of it. */
  comment(text: string): void
  /** Something stands behind a `COPY … FROM stdin;` on its line: what becomes of it depends on the client. */
  behindCopy(line: number): void
  /** A line break of Windows outside of strings. Told once for each. */
  windowsLineBreak(where: 'sql' | 'rows', line: number): void
  /** Told once. */
  nulByte(line: number): void
}
