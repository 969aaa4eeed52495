import type { ArchiveContents, Check, NotCovered } from '../../preload/contract/index.ts'
import type { JobContext } from '../engines/engine.ts'
import type { OpenBackup } from '../workbench/open-backup.ts'
import { readArchive } from '../workbench/read-archive.ts'
import type { Workbench } from '../workbench/workbench.ts'
import { compareContents } from './compare-contents.ts'
import { comparisonChecks } from './comparison-checks.ts'

/** What one level found on one copy. */
export interface LevelResult {
  readonly checks: readonly Check[]
  readonly notCovered: readonly NotCovered[]
}

/**
 * Level 3: the archive reader reads the plaintext to its end, the format's end rule holds, and what was read is what the
 * manifest records.
 */
export async function checkStructure(bench: Workbench, open: OpenBackup, context: JobContext): Promise<LevelResult> {
  const found: ArchiveContents = await readArchive(bench, open, { key: open.key, signal: context.signal }, context)
  const read: Check = {
    name: 'structure',
    outcome: 'passed',
    detail: `${found.format}, ${String(found.objects.length)} objects, read to the end`,
  }
  if (open.contents === null) {
    return {
      checks: [read],
      notCovered: [{ object: 'counts and fingerprints', why: 'the manifest does not hold them in the open' }],
    }
  }
  const comparison = compareContents(open.contents.archive, found)
  const differing = comparisonChecks(comparison).filter((check) => check.outcome === 'failed')
  if (differing.length > 0) return { checks: [read, ...differing], notCovered: comparison.notCovered }
  return {
    checks: [read, { name: 'manifest', outcome: 'passed', detail: 'objects, counts and fingerprints as recorded' }],
    notCovered: comparison.notCovered,
  }
}
