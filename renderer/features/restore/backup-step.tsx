import type { BackupSummary, Connection } from '../../../preload/contract/index.ts'
import { useMethod } from '../../lib/api.ts'
import { formatMoment } from '../../lib/format.ts'
import { useNow } from '../../lib/now.ts'
import { Button, LinkButton } from '../../ui/button.tsx'
import { Empty, Say } from '../../ui/page.tsx'
import { QueryState } from '../errors/query-state.tsx'
import { EnvironmentTag } from '../words/environment-tag.tsx'
import { BackupCards } from './backup-cards.tsx'
import { DatabaseList } from './database-list.tsx'
import { EarlierRestores } from './earlier-restores.tsx'
import { isUsable } from './problem-time.ts'
import { ProblemTime } from './problem-time-field.tsx'
import { useWizard } from './use-wizard.ts'
import { FooterEnd, WizardFrame } from './wizard-frame.tsx'

const mostListed = 500

/** Step 1: which backup. */
export function BackupStep() {
  const { search } = useWizard()
  const connections = useMethod('connections.list', {})
  const chosen = useMethod('backups.get', { backup: search.backup ?? '' }, { enabled: search.backup !== undefined })
  const isWaiting = search.backup !== undefined && search.connection === undefined && chosen.isPending
  return (
    <QueryState query={connections} what="the connections">
      {(all) => {
        if (isWaiting) return null
        const wanted = search.connection ?? chosen.data?.connection
        const only = all.length === 1 ? all[0] : undefined
        const connection = all.find(({ id, name }) => id === wanted || name === wanted) ?? only
        return connection === undefined ? (
          <NoDatabase hasAny={all.length > 0} />
        ) : (
          <Picking connection={connection} hasOthers={all.length > 1} />
        )
      }}
    </QueryState>
  )
}

function NoDatabase({ hasAny }: { readonly hasAny: boolean }) {
  return (
    <WizardFrame step="backup" title={null}>
      {hasAny ? (
        <>
          <Say small="Nothing is changed before a plan was read and its target's name typed.">
            Which database is to be restored?
          </Say>
          <DatabaseList />
        </>
      ) : (
        <Empty
          title="There is nothing to restore yet."
          actions={
            <LinkButton href="/connections/new" variant="primary">
              Add a connection
            </LinkButton>
          }
        >
          A restore begins with a backup, and a backup with a connection to a database.
        </Empty>
      )}
      <EarlierRestores />
    </WizardFrame>
  )
}

function Picking({ connection, hasOthers }: { readonly connection: Connection; readonly hasOthers: boolean }) {
  const { search, go } = useWizard()
  const backups = useMethod('backups.list', { connection: connection.id, limit: mostListed })
  const chosen = backups.data?.find(({ id }) => id === search.backup) ?? null
  const waitsFor = chosen === null ? 'Choose a backup.' : isUsable(chosen) ? null : 'This backup cannot be restored.'
  return (
    <WizardFrame
      step="backup"
      title={null}
      footer={
        <FooterEnd waitsFor={waitsFor}>
          <Button
            variant="primary"
            isDisabled={waitsFor !== null}
            onPress={() => go({ step: 'contents', connection: connection.id })}
          >
            Look into it
          </Button>
        </FooterEnd>
      }
    >
      <QueryState query={backups} what="the backups">
        {(all) => (
          <>
            <div className="flex flex-wrap items-start justify-between gap-3">
              <Question connection={connection} backups={all} />
              {hasOthers ? <LinkButton href="/restore?step=backup">Another database</LinkButton> : null}
            </div>
            {all.length === 0 ? (
              <Empty
                title="There is no backup of it."
                actions={
                  <LinkButton href={`/back-up?connection=${connection.id}`} variant="primary">
                    Back up
                  </LinkButton>
                }
              >
                Backups that were found at a destination, or imported from a file, are on the page Backups.
              </Empty>
            ) : (
              <>
                <ProblemTime
                  key={connection.id}
                  backups={all}
                  before={search.before ?? null}
                  onChange={(before, found) =>
                    go({ ...unchosen, connection: connection.id, before, backup: found }, { replace: true })
                  }
                />
                <BackupCards
                  backups={all}
                  chosen={search.backup ?? null}
                  before={search.before ?? null}
                  onChoose={(backup) => go({ ...unchosen, connection: connection.id, backup }, { replace: true })}
                />
              </>
            )}
            <EarlierRestores />
          </>
        )}
      </QueryState>
    </WizardFrame>
  )
}

/** Another backup is another restore: nothing that was chosen for the one before is kept. */
const unchosen = { step: 'backup', target: undefined, plan: undefined, job: undefined } as const

function Question({
  connection,
  backups,
}: {
  readonly connection: Connection
  readonly backups: readonly BackupSummary[]
}) {
  const now = useNow()
  const good = backups.filter(isUsable)
  const newest = good[0]
  const proven = good.find(({ badge }) => badge === 'proven')
  const small =
    newest === undefined
      ? 'None of its backups can be restored.'
      : [
          `The newest good backup is of ${formatMoment(newest.startedAt, now)}`,
          proven === undefined ? 'none is proven' : `the newest proven one of ${formatMoment(proven.startedAt, now)}`,
        ].join(', ') + '.'
  return (
    <Say small={small}>
      Which backup of {connection.name}
      <EnvironmentTag environment={connection.environment} /> is to be restored?
    </Say>
  )
}
