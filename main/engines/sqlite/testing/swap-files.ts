import { Secret, type ManagedTarget } from '../../engine.ts'
import { startTestJob } from '../../testing/job-context.ts'
import { sqliteSwap } from '../swap.ts'

/** Swaps as the JSON in argv[2] says, which is to be killed meanwhile. Prints the request before it begins, and `done` at the end. */
interface Order {
  readonly live: string
  readonly outgoing: string
  readonly incoming: ManagedTarget
  readonly installation: string
}

const order = JSON.parse(process.argv[2] ?? '') as Order
const job = await startTestJob()
const access = { profile: { path: order.live }, secret: Secret.none() }
const request = {
  outgoing: { database: order.live, identity: order.outgoing },
  incoming: order.incoming,
  runId: job.context.jobId,
  installation: order.installation,
  disconnectOthers: false,
}
process.stdout.write(`${JSON.stringify(request)}\n`)
await sqliteSwap.swap(access, request, job.context)
process.stdout.write('done\n')
