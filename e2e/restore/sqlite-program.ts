import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

const source = fileURLToPath(new URL('../../main/engines/sqlite/testing/sql-session.ts', import.meta.url))

/** Another program that has a SQLite file open. */
export interface Program {
  /** Runs one statement; answers its rows, null where it has none. Throws where it failed: the program has ended then. */
  ask(sql: string): Promise<unknown>
  /** It closes the database as it should. */
  close(): Promise<void>
  /** It ends in the middle of what it does (SIGKILL). */
  kill(): Promise<void>
}

/** Starts a program that runs `statements` on the file and goes on having it open. */
export async function openProgram(path: string, ...statements: readonly string[]): Promise<Program> {
  const child = spawn(process.execPath, [source, path], { stdio: ['pipe', 'pipe', 'inherit'] })
  const ended = once(child, 'exit')
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  const ask = async (sql: string): Promise<unknown> => {
    child.stdin.write(`${sql.replaceAll(/\s+/g, ' ')}\n`)
    const answer = await lines.next()
    if (answer.done === true) throw new Error(`The program ended with: ${sql}`)
    return JSON.parse(answer.value)
  }
  for (const statement of statements) await ask(statement)
  return {
    ask,
    close: async () => {
      child.stdin.end()
      await ended
    },
    kill: async () => {
      child.kill('SIGKILL')
      await ended
    },
  }
}
