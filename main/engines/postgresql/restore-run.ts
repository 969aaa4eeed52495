import type { FoundTool } from '../../tools/find-tools.ts'
import type { ToolRun } from '../../tools/run-tool.ts'
import type { ArtifactSource, JobContext } from '../engine.ts'
import type { Endpoint } from './endpoint.ts'
import type { FailureContext } from './errors.ts'
import type { ArchiveOnDisk } from './parallel-restore.ts'

/** One run of a program that restores. */
export interface Run {
  readonly endpoint: Endpoint
  readonly tool: FoundTool
  readonly source: ArtifactSource
  readonly context: JobContext
  readonly failure: FailureContext
  /** Where workers read the backup; null: it is read as it flows by. */
  readonly archive: ArchiveOnDisk | null
}

/** What the program gets of the backup: its name stands among the arguments where it lies on the disk. */
export function inputOf({ archive, source }: Pick<Run, 'archive' | 'source'>): Pick<ToolRun, 'stdin'> {
  return archive === null ? { stdin: (signal) => source.open(signal) } : {}
}
