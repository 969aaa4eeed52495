import { useEffect, useMemo, useState } from 'react'
import type { UseQueryResult } from '@tanstack/react-query'
import type { LogLine } from '../../../preload/contract/index.ts'
import { transport, useMethod } from '../../lib/api.ts'
import { mergeLog, mostLines, type Log } from './log.ts'

/** How the loading of a log went, and what is known of it. */
export interface JobLogState {
  readonly query: UseQueryResult<LogLine[]>
  readonly log: Log
}

/** The log of a job, from its first line on and going on. Also after a reload. */
export function useJobLog(jobId: string): JobLogState {
  const [heard, setHeard] = useState<readonly LogLine[]>([])
  useEffect(
    () =>
      transport.subscribe('job.log', (said) => {
        if (said.jobId === jobId) setHeard((before) => [...before, said.line].slice(-mostLines))
      }),
    [jobId],
  )
  const query = useMethod('jobs.log', { job: jobId })
  const log = useMemo(() => mergeLog(query.data ?? [], heard), [query.data, heard])
  return { query, log }
}
