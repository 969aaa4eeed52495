import { spawn } from 'node:child_process'
import { closeSync, readFileSync, readSync, writeFileSync } from 'node:fs'
import type { FakeScript } from './fake-tool.ts'

/** What a fake tool does, in a process of its own. */
export async function behave(script: FakeScript): Promise<void> {
  if (process.argv[2] === '--version') {
    process.stdout.write(script.version ?? '')
    return
  }
  if (script.ignoresSigterm === true) process.on('SIGTERM', () => undefined)
  if (script.helperMs !== undefined) {
    const wait = `setTimeout(() => {}, ${String(script.helperMs)})`
    spawn(process.execPath, ['-e', wait], { stdio: ['ignore', 'inherit', 'inherit'] })
  }
  let input = ''
  if (script.readsAll === true) input = readFileSync(0, 'latin1')
  if (script.readBytes !== undefined) {
    const buffer = Buffer.alloc(script.readBytes)
    for (let at = 0; at < buffer.length;) {
      const got = readSync(0, buffer, at, buffer.length - at, null)
      if (got === 0) break
      at += got
    }
    closeSync(0)
  }
  if (script.recordTo !== undefined) {
    writeFileSync(script.recordTo, JSON.stringify({ args: process.argv.slice(2), env: process.env, input }))
  }
  const write = (fd: 1 | 2, totalBytes: number) =>
    new Promise<void>((resolve) => {
      const stream = fd === 1 ? process.stdout : process.stderr
      const block = Buffer.alloc(65_536, 'x'.repeat(79) + '\n')
      let left = totalBytes
      const step = () => {
        if (left <= 0) resolve()
        else {
          const part = block.subarray(0, Math.min(left, block.length))
          left -= part.length
          stream.write(part, step)
        }
      }
      step()
    })
  if (script.stderr !== undefined) process.stderr.write(script.stderr)
  await write(2, script.stderrBytes ?? 0)
  if (script.stdoutText !== undefined) process.stdout.write(script.stdoutText)
  await write(1, script.stdoutBytes ?? 0)
  if (script.closesStdoutFirst === true) closeSync(1)
  if (script.hangs === true) setInterval(() => undefined, 1_000)
  else process.exitCode = script.exitCode ?? 0
}
