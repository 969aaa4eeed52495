import { readFileSync } from 'node:fs'
import { Secret } from '../../engine.ts'
import { startTestJob } from '../../testing/job-context.ts'
import { sourceOf } from '../../testing/artifact-source.ts'
import { sqliteInPlace } from '../in-place.ts'
import { fileOfBytes } from './file-dump.ts'

/**
 * Restores the file argv[3] in place into argv[2], and tells each step by a line: `begun` when writing begins, `done` at the end. Its
 * work is to be killed meanwhile.
 */
const [, , target = '', backup = ''] = process.argv
const job = await startTestJob()
const context = {
  ...job.context,
  report: ({ stage, bytes }: { readonly stage: string; readonly bytes?: number }) => {
    if (stage === 'restore' && bytes === 0) process.stdout.write('begun\n')
  },
}
const { identityOf } = await import('../database-file.ts')
const request = {
  target: { database: target, identity: (await identityOf(target)) ?? '' },
  content: 'full',
  include: [],
  exclude: [],
  rows: null,
  disconnectOthers: false,
} as const
const access = { profile: { path: target }, secret: Secret.none() }
await sqliteInPlace.restore(access, request, sourceOf(fileOfBytes(target, readFileSync(backup))), context)
process.stdout.write('done\n')
await job.dispose()
