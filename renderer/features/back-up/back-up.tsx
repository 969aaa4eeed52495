import { useNavigate, useSearch } from '@tanstack/react-router'
import type { Connection } from '../../../preload/contract/index.ts'
import { toAppError } from '../../../preload/contract/index.ts'
import { useAction, useMethod } from '../../lib/api.ts'
import { useDraft } from '../../lib/drafts.ts'
import { Button, LinkButton } from '../../ui/button.tsx'
import { Loading } from '../../ui/page.tsx'
import { Wizard } from '../../ui/wizard.tsx'
import { ErrorNotice } from '../errors/error-notice.tsx'
import { QueryState } from '../errors/query-state.tsx'
import { CheckStep } from './check-step.tsx'
import {
  BackUpAnswers,
  backUpStepNames,
  backUpSteps,
  defaultAnswers,
  draftKey,
  howProblemOf,
  requestOf,
  whatProblemOf,
  type BackUpStep,
} from './draft.ts'
import { HowStep } from './how-step.tsx'
import { WhatStep } from './what-step.tsx'
import { WhereStep } from './where-step.tsx'

/** The questions of a backup. Defaults answer all of them, so that one may go to the last step at once. */
export function BackUpQuestions({
  connections,
  connection,
}: {
  readonly connections: readonly Connection[]
  readonly connection: Connection
}) {
  const { step: wanted } = useSearch({ from: '/back-up' })
  const navigate = useNavigate()
  const draft = useDraft(draftKey(connection.id), BackUpAnswers, defaultAnswers)
  const destinations = useMethod('destinations.list', {})
  const keys = useMethod('keys.status', {})
  const engines = useMethod('engines.list', {})
  const estimate = useMethod('backups.estimate', { connection: connection.id })
  const start = useAction('backups.start')
  const answers = draft.value
  const index = Math.max(
    0,
    backUpSteps.findIndex((each) => each === wanted),
  )
  const step = backUpSteps[index] ?? 'what'
  const all = (destinations.data ?? []).map(({ id }) => id as string)
  const chosen = answers.to === null ? all : all.filter((id) => answers.to?.includes(id) === true)
  const go = (to: BackUpStep) => void navigate({ to: '/back-up', search: { connection: connection.id, step: to } })
  const noPlace =
    destinations.data === undefined ? null : all.length === 0 ? 'It needs a destination.' : 'Choose a destination.'
  const engine = engines.data?.find(({ id }) => id === connection.engine)
  const [what, how] = [whatProblemOf(answers), howProblemOf(answers)]
  const where = chosen.length === 0 ? noPlace : null
  const waits: Readonly<Record<BackUpStep, string | null>> = { what, how, where, check: what ?? how ?? where }
  const submit = () => {
    if (engine === undefined) return
    start.mutate(requestOf(connection.id, answers, engine, chosen), {
      onSuccess: ({ jobId }) => {
        void navigate({ to: '/back-up', search: { connection: connection.id, job: jobId }, replace: true })
      },
    })
  }
  return (
    <Wizard
      title={connection.name}
      crumb="Back up /"
      steps={backUpStepNames}
      current={index}
      waitsFor={waits[step]}
      back={
        index === 0 ? (
          <LinkButton href="/">Cancel</LinkButton>
        ) : (
          <Button onPress={() => go(backUpSteps[index - 1] ?? 'what')}>Back</Button>
        )
      }
      next={
        step === 'check' ? (
          // A button of its own: the press that brought this step must not start anything.
          <Button
            key="start"
            variant="primary"
            isDisabled={waits.check !== null || chosen.length === 0 || engine === undefined}
            isPending={start.isPending}
            onPress={submit}
          >
            Back up {connection.name}
          </Button>
        ) : (
          <>
            <Button isDisabled={waits[step] !== null} onPress={() => go('check')}>
              Check and start
            </Button>
            <Button
              variant="primary"
              isDisabled={waits[step] !== null}
              onPress={() => go(backUpSteps[index + 1] ?? 'check')}
            >
              Next
            </Button>
          </>
        )
      }
    >
      {engine === undefined ? (
        <QueryState query={engines} what="the formats">
          {() => null}
        </QueryState>
      ) : null}
      {step === 'what' && engine !== undefined ? (
        <WhatStep
          connections={connections}
          connection={connection}
          engine={engine}
          answers={answers}
          onChange={(changes) => draft.change(changes)}
        />
      ) : null}
      {step === 'how' && engine !== undefined ? (
        <QueryState query={keys} what="the keys">
          {(status) => (
            <HowStep answers={answers} engine={engine} keys={status} onChange={(changes) => draft.change(changes)} />
          )}
        </QueryState>
      ) : null}
      {step === 'where' ? (
        <QueryState query={destinations} what="the destinations">
          {(list) => (
            <WhereStep
              destinations={list}
              chosen={chosen}
              estimate={estimate.data}
              onChange={(ids) => draft.change({ to: [...ids] })}
            />
          )}
        </QueryState>
      ) : null}
      {step === 'check' && engine !== undefined ? (
        <QueryState query={destinations} what="the destinations">
          {(list) =>
            keys.data === undefined ? (
              <Loading what="the keys" />
            ) : (
              <CheckStep
                connection={connection}
                engine={engine}
                answers={answers}
                destinations={list}
                chosen={chosen}
                keys={keys.data}
                estimate={estimate.data}
              />
            )
          }
        </QueryState>
      ) : null}
      {start.error === null ? null : <ErrorNotice error={toAppError(start.error)} word="Not started" />}
    </Wizard>
  )
}
