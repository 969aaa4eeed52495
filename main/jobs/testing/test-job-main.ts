import { spawn } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { z } from 'zod'
import { AppError } from '../../../preload/contract/index.ts'
import { Catalog } from '../../catalog/catalog.ts'
import { runJobProcess } from '../process.ts'
import type { JobEnvironment, Work } from '../work.ts'
import { makeTestRedactor, testProbe } from './test-probe.ts'

/** What the work of the tests does. */
export const TestInput = z.object({
  do: z.enum([
    'succeed',
    'fail',
    'fail-with-secret',
    'throw-bug',
    'throw-later',
    'hang',
    'deaf',
    'hang-with-tool',
    'succeed-when-aborted',
    'report',
    'emit',
    'own',
    'exit',
  ]),
  milliseconds: z.number().default(0),
})
export type TestInput = z.input<typeof TestInput>

const work: Work = async (raw, environment) => {
  const input = TestInput.parse(raw)
  const { context } = environment
  context.report({ stage: 'prepare' })
  switch (input.do) {
    case 'succeed':
      await sleep(input.milliseconds)
      return { jobId: context.jobId, secrets: JSON.stringify(environment.secrets).length }
    case 'fail':
      throw new AppError('TOOL_FAILED', 'The tool failed.', { detail: 'exit 1' })
    case 'fail-with-secret':
      return await failWithSecret(environment)
    case 'throw-bug':
      throw new TypeError('a bug of the work')
    case 'throw-later':
      setTimeout(() => {
        throw new TypeError('a bug behind its back')
      }, 10)
      return await untilAborted(context.signal)
    case 'hang':
      return await untilAborted(context.signal)
    case 'deaf':
      await writeFile(join(context.runDirectory, 'pgpass'), 'temporary')
      for (;;) Math.random()
    case 'hang-with-tool':
      return await hangWithTool(environment)
    case 'succeed-when-aborted':
      await untilAborted(context.signal).catch(() => undefined)
      return 'finished all the same'
    case 'report':
      for (let bytes = 0; bytes < 300; bytes++) {
        context.report({ stage: 'dump', bytes, totalBytes: 299 })
        await sleep(Math.max(2, input.milliseconds))
      }
      return null
    case 'emit':
      for (let number = 0; number < 20; number++) await environment.emit('rows', { number })
      return null
    case 'own':
      await sleep(input.milliseconds)
      context.assertOwner()
      return 'still the owner'
    case 'exit':
      process.exit(7)
  }
}

async function failWithSecret({ context, secrets }: JobEnvironment): Promise<never> {
  const secret = z.object({ password: z.string() }).parse(secrets).password
  context.report({ stage: 'dump', item: `table of ${secret}` })
  context.log('info', `connecting as postgres://user:${secret}@host`)
  await sleep(150)
  throw new AppError('AUTHENTICATION_FAILED', `The server refused ${secret}.`, {
    detail: `password was ${secret}`,
    remedy: `not ${secret}`,
  })
}

/** A tool in a group of its own, with a helper, both deaf to SIGTERM. */
async function hangWithTool({ context }: JobEnvironment): Promise<never> {
  const script = `trap '' TERM; sh -c "trap '' TERM; while :; do sleep 0.05; done" & echo $! > "$1"; while :; do sleep 0.05; done`
  const tool = spawn('/bin/sh', ['-c', script, 'tool', join(context.runDirectory, 'helper-pid')], {
    detached: true,
    stdio: 'ignore',
    env: { PATH: '/usr/bin:/bin', HOLDFAST_JOB: context.jobId },
  })
  context.signal.addEventListener('abort', () => {
    if (tool.pid !== undefined) process.kill(-tool.pid, 'SIGTERM')
  })
  context.log('info', `tool ${tool.pid ?? 0}`)
  await new Promise((resolve) => tool.once('exit', resolve))
  context.signal.throwIfAborted()
  throw new AppError('TOOL_KILLED', 'The tool was ended from outside.')
}

function untilAborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    // Without something to wait for, Node.js would leave.
    const timer = setInterval(() => undefined, 1_000)
    const end = () => {
      clearInterval(timer)
      reject(signal.reason instanceof Error ? signal.reason : new Error('aborted'))
    }
    if (signal.aborted) end()
    else signal.addEventListener('abort', end, { once: true })
  })
}

// Imported by a test for its types, or run as a job process.
if (process.env['HOLDFAST_JOB'] !== undefined && process.send !== undefined) {
  const home = z.string().parse(process.env['HOLDFAST_HOME'])
  runJobProcess({
    works: { backup: work },
    home,
    openCatalog: () => Catalog.open({ home, appVersion: '0.0.0', mode: 'job' }),
    probe: testProbe,
    redactor: makeTestRedactor(),
  })
}
