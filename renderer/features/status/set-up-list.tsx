import type { ReactNode } from 'react'
import { toAppError } from '../../../preload/contract/index.ts'
import { useAction, useMethod } from '../../lib/api.ts'
import { cx } from '../../lib/class-names.ts'
import { Box, Section } from '../../ui/box.tsx'
import { Button, LinkButton } from '../../ui/button.tsx'
import { Status } from '../../ui/status.tsx'
import { ErrorNotice } from '../errors/error-notice.tsx'
import type { SetUp, SetUpStepId } from './set-up-steps.ts'

/** What to set up once, in order, each with its button and what it waits for. */
export function SetUpList({ setUp }: { readonly setUp: SetUp }) {
  const done = Object.values(setUp.isDone).filter(Boolean).length
  return (
    <Section title="Set up" note={`${String(done)} of 5 completed`}>
      <Box>
        <ol className="m-0 list-none divide-y divide-line p-0">
          <ConnectionStep setUp={setUp} />
          <DestinationStep setUp={setUp} />
          <BackupStep setUp={setUp} />
          <KeyStep setUp={setUp} />
          <ProofStep setUp={setUp} />
        </ol>
      </Box>
    </Section>
  )
}

interface StepProps {
  readonly setUp: SetUp
}

function ConnectionStep({ setUp }: StepProps) {
  const sample = useAction('sample.create')
  return (
    <Step
      setUp={setUp}
      id="connection"
      title="A database"
      text="Register one of yours, or try everything with a small SQLite shop that Holdfast makes for it."
      error={sample.error}
      actions={
        <>
          <Button
            variant={setUp.next === 'connection' ? 'primary' : 'default'}
            isPending={sample.isPending}
            onPress={() => sample.mutate({})}
          >
            Use the sample database
          </Button>
          <LinkButton href="/connections/new">Add a connection…</LinkButton>
        </>
      }
    />
  )
}

function DestinationStep({ setUp }: StepProps) {
  const proposed = useMethod('paths.proposed', {}, { enabled: !setUp.isDone.destination })
  const add = useAction('destinations.add')
  const folder = proposed.data
  return (
    <Step
      setUp={setUp}
      id="destination"
      title="A place for the backups"
      text={
        folder === undefined ? (
          'A folder that is large enough; best on another disk than the databases.'
        ) : (
          <>
            Proposed: <span className="font-mono text-[12px] break-all">{folder.path}</span>. Best is another disk than
            the one of the databases.
          </>
        )
      }
      error={add.error ?? proposed.error}
      actions={
        <>
          <Button
            variant={setUp.next === 'destination' ? 'primary' : 'default'}
            isDisabled={folder === undefined}
            isPending={add.isPending}
            onPress={() => {
              if (folder === undefined) return
              add.mutate({
                name: 'This computer',
                type: 'local',
                settings: { path: { picked: folder.picked } },
                secret: { from: 'none' },
              })
            }}
          >
            Use this folder
          </Button>
          <LinkButton href="/destinations?add=true">Choose another…</LinkButton>
        </>
      }
    />
  )
}

function BackupStep({ setUp }: StepProps) {
  const { connection, isDone } = setUp
  const waitsFor = !isDone.connection
    ? 'Waits for a database.'
    : isDone.destination
      ? null
      : 'Waits for a place for the backups.'
  return (
    <Step
      setUp={setUp}
      id="backup"
      title="The first backup"
      text="Read in one snapshot, compressed, counted table by table, and read back from the place where it is kept."
      waitsFor={waitsFor}
      actions={
        waitsFor === null && connection !== null ? (
          <LinkButton
            href={`/back-up?connection=${connection}`}
            variant={setUp.next === 'backup' ? 'primary' : 'default'}
          >
            Back up…
          </LinkButton>
        ) : null
      }
    />
  )
}

function KeyStep({ setUp }: StepProps) {
  return (
    <Step
      setUp={setUp}
      id="key"
      title="The key, saved"
      text="From then on backups are encrypted. The recovery kit opens them on any machine, without Holdfast."
      actions={
        <LinkButton href="/settings?section=keys&step=create" variant={setUp.next === 'key' ? 'primary' : 'default'}>
          Create and save the key…
        </LinkButton>
      }
    />
  )
}

function ProofStep({ setUp }: StepProps) {
  const { backup } = setUp
  return (
    <Step
      setUp={setUp}
      id="proof"
      title="The first proof"
      text="The backup is restored into a scratch database and compared with what was recorded, table by table."
      waitsFor={backup === null ? 'Waits for the first backup.' : null}
      actions={
        backup === null ? null : (
          <LinkButton
            href={`/backups/${backup}/validate?level=restore`}
            variant={setUp.next === 'proof' ? 'primary' : 'default'}
          >
            Test a restore…
          </LinkButton>
        )
      }
    />
  )
}

function Step({
  setUp,
  id,
  title,
  text,
  actions,
  waitsFor = null,
  error = null,
}: {
  readonly setUp: SetUp
  readonly id: SetUpStepId
  readonly title: string
  readonly text: ReactNode
  readonly actions: ReactNode
  readonly waitsFor?: string | null
  readonly error?: Error | null
}) {
  const isDone = setUp.isDone[id]
  return (
    <li className={cx('flex flex-wrap items-center gap-x-4 gap-y-2 px-4', isDone ? 'py-2' : 'py-3')}>
      <span className="w-28 shrink-0">
        {isDone ? <Status tone="ok">Completed</Status> : <Status tone="none">Not yet</Status>}
      </span>
      <div className="min-w-56 flex-1">
        <p className="m-0 font-semibold">{title}</p>
        {isDone ? null : <p className="m-0 text-ink-2">{text}</p>}
      </div>
      {isDone ? null : waitsFor === null ? (
        <div className="flex flex-wrap gap-2">{actions}</div>
      ) : (
        <span className="text-sm text-ink-3">{waitsFor}</span>
      )}
      {error === null ? null : (
        <div className="w-full">
          <ErrorNotice error={toAppError(error)} />
        </div>
      )}
    </li>
  )
}
