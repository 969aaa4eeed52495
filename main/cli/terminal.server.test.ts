import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { usePrograms } from '../../e2e/servers/missing.ts'

const program = fileURLToPath(new URL('./testing/interruptible-program.ts', import.meta.url))

/** Runs the program on a terminal of its own (`script` of util-linux), types once the question is there, and tells how it ended. */
async function onTerminal(command: string, typed: string, question: string) {
  const env = { ...process.env, FAKE_CLEAN_UP_MS: '0', FAKE_CLEANED_UP: '/dev/null', HOLDFAST_PASSWORD: '' }
  const line = `'${process.execPath}' '${program}' ${command}`
  const child = spawn('script', ['-qec', line, '/dev/null'], { env, stdio: ['pipe', 'pipe', 'inherit'] })
  let screen = ''
  let hasTyped = false
  child.stdout.on('data', (chunk: Buffer) => {
    screen += chunk.toString()
    if (hasTyped || !screen.includes(question)) return
    hasTyped = true
    // The prompt is drawn before it listens.
    setTimeout(() => child.stdin.write(typed), 300)
  })
  const exitCode = await new Promise<number | null>((resolve) => child.on('close', resolve))
  return { exitCode, screen }
}

describe('a question on a terminal', () => {
  usePrograms('script')
  const add = 'connection add --name shop --engine postgresql'

  it('never shows the password that is typed', async () => {
    const { exitCode, screen } = await onTerminal(add, 'canary-4711\r', 'Password')
    // The fake knows no connections: that it was asked shows that the prompt was answered.
    expect(screen).toContain('does not answer connections.add')
    expect(exitCode).toBe(1)
    expect(screen).not.toContain('canary')
  })

  it('is left with Ctrl-C, and the command is cancelled', async () => {
    const { exitCode, screen } = await onTerminal(add, '\u0003', 'Password')
    expect(exitCode).toBe(130)
    expect(screen).toContain('CANCELLED')
  })

  it('is not asked with --no-input', async () => {
    const { exitCode, screen } = await onTerminal(`${add} --no-input`, '', 'Password')
    expect(exitCode).toBe(2)
    expect(screen).toContain('--password-file')
  })
})
