import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** What a fake tool does when it runs; what is left out, it doesn't do. In this order. */
export interface FakeScript {
  /** Printed for `--version`; without it the program prints nothing and exits 0. */
  readonly version?: string
  /** A process of the same group that holds the output open for so long. */
  readonly helperMs?: number
  readonly ignoresSigterm?: boolean
  /** Reads so many bytes of its input and closes it. */
  readonly readBytes?: number
  /** Reads all of its input. */
  readonly readsAll?: boolean
  /** Written to standard error. */
  readonly stderr?: string
  /** So many bytes of noise on standard error. */
  readonly stderrBytes?: number
  /** So many bytes on standard output. */
  readonly stdoutBytes?: number
  /** Written to standard output before those. */
  readonly stdoutText?: string
  /** Writes its arguments, environment and input to this file as JSON. */
  readonly recordTo?: string
  readonly closesStdoutFirst?: boolean
  readonly hangs?: boolean
  readonly exitCode?: number
}

/** Writes a program called `name` to `folder` that behaves as `script` says, and gives back its path. */
export async function writeFakeTool(folder: string, name: string, script: FakeScript): Promise<string> {
  const path = join(folder, name)
  const program = fileURLToPath(new URL('./fake-tool-program.ts', import.meta.url))
  const source = `require(${JSON.stringify(program)}).behave(${JSON.stringify(script)})`
  await writeFile(path, `#!${process.execPath}\n${source}\n`, { mode: 0o755 })
  return path
}
