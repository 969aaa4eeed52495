import { expect, it } from 'vitest'
import { jobOf, succeeded } from '../testing/fake-application.ts'
import { runCommand } from '../testing/run-command.ts'

const running = {
  state: 'running',
  startedAt: '2026-01-01T10:00:00.000Z',
  progress: null,
  isCancelling: false,
} as const
const line = (message: string) => ({ at: '2026-01-01T10:00:00.000Z', level: 'info', stage: 'dump', message }) as const
const answers = () => {
  const positions: unknown[] = []
  const parts = [['one', 'two'], [], ['three']]
  return {
    positions,
    answers: {
      'jobs.tail': ({ position }: { position?: string | null | undefined }) => {
        positions.push(position)
        const messages = parts.shift() ?? []
        const job = jobOf(parts.length === 0 ? succeeded(null) : running)
        return { job, lines: messages.map(line), position: String(positions.length) }
      },
    },
  }
}

it('prints what comes until the job has ended', async () => {
  const { positions, answers: given } = answers()
  const { stdout, stderr, exitCode } = await runCommand(['jobs', 'log', 'J', '--follow'], given)
  expect(exitCode).toBe(0)
  expect(stdout.split('\n').map((text) => text.split(' ').at(-1))).toEqual(['one', 'two', 'three', ''])
  expect(stderr).toContain('succeeded')
  expect(positions).toEqual([null, '1', '2'])
})

it('prints one document with --json', async () => {
  const { document } = await runCommand(['jobs', 'log', 'J', '-f', '--json'], answers().answers)
  expect(document()).toMatchObject({ ok: true, data: [{ message: 'one' }, { message: 'two' }, { message: 'three' }] })
})
