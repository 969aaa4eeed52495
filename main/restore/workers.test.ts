import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import type { OpenBackup } from '../workbench/open-backup.ts'
import type { OpenConnection } from '../workbench/workbench.ts'
import { planWorkers, workerBlockers } from './workers.ts'

type On = Parameters<typeof workerBlockers>[0]

/** An engine of which only this is asked. */
function engineWith(hasParallelRestore: boolean): On {
  const formats = [{ id: 'shared', restoresInParallel: true }, { id: 'script' }]
  return { engine: { label: 'Some', capabilities: { hasParallelRestore, formats } } } as unknown as Pick<
    OpenConnection,
    'engine'
  >
}

function backupOf(plaintextBytes: number): Pick<OpenBackup, 'manifest'> {
  return { manifest: { format: 'shared', plaintextBytes } } as unknown as Pick<OpenBackup, 'manifest'>
}

async function runFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-workers-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  return folder
}

describe('several workers', () => {
  it('share a restore into a new database and beside one', () => {
    for (const mode of ['new', 'swap'] as const) {
      expect(workerBlockers(engineWith(true), 'shared', { mode, jobs: 4 })).toEqual([])
    }
  })

  it.each([
    ['in place, which is one transaction', true, 'shared', 'in-place', 'one transaction'],
    ['a script, which is read in order', true, 'script', 'new', 'from its beginning to its end'],
    ['what an engine restores in one piece', false, 'shared', 'new', 'in one piece'],
  ] as const)('do not share %s', (_what, isParallel, format, mode, why) => {
    expect(workerBlockers(engineWith(isParallel), format, { mode, jobs: 1 })).toEqual([])
    const [blocker, ...more] = workerBlockers(engineWith(isParallel), format, { mode, jobs: 2 })
    expect(blocker).toMatchObject({ code: 'USAGE', message: expect.stringContaining(why) as string })
    expect(blocker?.remedy).toContain('--jobs')
    expect(more).toEqual([])
  })

  it('need room for a plain copy, of which the plan speaks', async () => {
    const folder = await runFolder()
    const work = { mode: 'new', jobs: 2 } as const
    const fits = await planWorkers(backupOf(1_234_567), engineWith(true), work, folder)
    expect(fits.blockers).toEqual([])
    expect(fits.warnings).toMatchObject([
      { code: 'PLAIN_COPY', message: expect.stringContaining('1234567 bytes') as string },
    ])
    const tooLarge = await planWorkers(backupOf(2 ** 52), engineWith(true), work, folder)
    expect(tooLarge.blockers).toMatchObject([
      { code: 'NO_SPACE', message: expect.stringMatching(/4503599627370496 bytes; \d+ bytes are free/) as string },
    ])
    const alone = await planWorkers(backupOf(2 ** 52), engineWith(true), { ...work, jobs: 1 }, folder)
    expect(alone).toEqual({ blockers: [], warnings: [] })
  })
})
