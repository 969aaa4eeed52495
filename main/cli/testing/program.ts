import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect } from 'vitest'

/** How a command ended. */
export interface Ended {
  readonly exitCode: number | null
  readonly stdout: string
  readonly stderr: string
}

/** The command line as a process of its own, over the real application, in a folder and a home of its own. */
export interface Program {
  /** A path inside the folder in which the commands run. */
  readonly path: (name: string) => string
  readonly holdfast: (...argv: readonly string[]) => Promise<Ended>
  /** Runs a command that has to do its work without a word on stderr, and hands out `data` of its document. */
  readonly done: (...argv: readonly string[]) => Promise<Record<string, unknown>>
}

const program = fileURLToPath(new URL('../main.ts', import.meta.url))

/** A program for the tests of one file; its folder, with a vault, is there while they run. */
export function useProgram(): Program {
  let folder = ''
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'holdfast-whole-'))
    writeFileSync(join(folder, 'vault-passphrase'), 'a vault passphrase for the test')
  })
  afterAll(() => rmSync(folder, { recursive: true }))

  const path = (name: string) => join(folder, name)
  const holdfast = (...argv: readonly string[]) => run(argv, folder)
  const done = async (...argv: readonly string[]) => {
    const { exitCode, stdout, stderr } = await holdfast(...argv, '--json')
    expect([exitCode, stderr], stdout).toEqual([0, ''])
    const document = JSON.parse(stdout) as { readonly ok: boolean; readonly data: Record<string, unknown> }
    expect(document.ok).toBe(true)
    return document.data
  }
  return { path, holdfast, done }
}

function run(argv: readonly string[], folder: string): Promise<Ended> {
  const env = {
    ...process.env,
    HOLDFAST_HOME: join(folder, 'home'),
    HOLDFAST_VAULT_PASSPHRASE_FILE: join(folder, 'vault-passphrase'),
  }
  const child = spawn(process.execPath, [program, ...argv], { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'] })
  const [stdout, stderr]: [Buffer[], Buffer[]] = [[], []]
  child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk))
  child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk))
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (exitCode) => {
      resolve({ exitCode, stdout: Buffer.concat(stdout).toString(), stderr: Buffer.concat(stderr).toString() })
    })
  })
}
