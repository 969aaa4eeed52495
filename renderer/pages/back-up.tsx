import { useSearch } from '@tanstack/react-router'
import { BackUpRun } from '../features/back-up/back-up-run.tsx'
import { BackUpQuestions } from '../features/back-up/back-up.tsx'
import { ChooseConnection } from '../features/back-up/choose-connection.tsx'
import { backUpStepNames } from '../features/back-up/draft.ts'
import { NoConnections } from '../features/connections/no-connections.tsx'
import { QueryState } from '../features/errors/query-state.tsx'
import { useMethod } from '../lib/api.ts'
import { Empty, Page } from '../ui/page.tsx'
import { LinkButton } from '../ui/button.tsx'
import { Wizard } from '../ui/wizard.tsx'

/** The wizard that takes a backup. */
export function BackUpPage() {
  const { connection: id, job } = useSearch({ from: '/back-up' })
  const connections = useMethod('connections.list', {})
  const list = connections.data
  const found = list?.find((each) => each.id === id || each.name === id)
  if (job !== undefined) {
    return (
      <Wizard
        title={found?.name ?? 'Result'}
        crumb="Back up /"
        steps={backUpStepNames}
        current={backUpStepNames.length - 1}
      >
        <BackUpRun jobId={job} connection={found} />
      </Wizard>
    )
  }
  const only = id === undefined && list?.length === 1 ? list[0] : undefined
  const connection = found ?? only
  if (list !== undefined && connection !== undefined) {
    return <BackUpQuestions key={connection.id} connections={list} connection={connection} />
  }
  return (
    <Page title="Back up">
      <QueryState query={connections} what="the connections">
        {(all) =>
          all.length === 0 ? (
            <NoConnections />
          ) : id === undefined ? (
            <ChooseConnection connections={all} />
          ) : (
            <Empty
              title="There is no such connection."
              actions={<LinkButton href="/back-up">Choose another</LinkButton>}
            >
              It may have been removed. Its backups are still in the list of backups.
            </Empty>
          )
        }
      </QueryState>
    </Page>
  )
}
