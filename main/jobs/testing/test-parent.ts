import { z } from 'zod'
import { TestInput } from './test-job-main.ts'
import { startTestRunner, testRequest } from './test-runner.ts'

/** A whole program that runs one job and says so on stdout: for tests that kill it. Input and locks as JSON in argv. */
const request = z
  .object({ home: z.string(), input: TestInput, locks: z.array(z.string()) })
  .parse(JSON.parse(process.argv[2] ?? ''))
const { runner } = await startTestRunner({ home: request.home })
const job = await runner.start(testRequest(request.input, { locks: request.locks }))
process.stdout.write(`${job.id}\n`)
runner.on('log', ({ line }) => void process.stdout.write(`${line.message}\n`))
const ended = await runner.wait(job.id)
process.stdout.write(`ended ${ended.status.state}\n`)
await runner.close()
process.exit(0)
