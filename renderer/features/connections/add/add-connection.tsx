import { useNavigate, useSearch } from '@tanstack/react-router'
import { useCallback, useState } from 'react'
import type { ServerInfo } from '../../../../preload/contract/index.ts'
import { call, queryClient, useMethod } from '../../../lib/api.ts'
import { useDraft } from '../../../lib/drafts.ts'
import { Button, LinkButton } from '../../../ui/button.tsx'
import { Wizard } from '../../../ui/wizard.tsx'
import { ErrorNotice } from '../../errors/error-notice.tsx'
import { QueryState } from '../../errors/query-state.tsx'
import { profileOf, type ConnectionForm } from '../profile.ts'
import { sshSecretOf } from '../ssh.ts'
import { useTry } from '../use-try.ts'
import { CheckStep } from './check-step.tsx'
import { DetailsStep, detailsFormId } from './details-step.tsx'
import {
  addStepNames,
  addSteps,
  ConnectionAnswers,
  isSecretLost,
  noAnswers,
  secretOf,
  stepToShow,
  type AddStep,
} from './draft.ts'
import { EngineStep } from './engine-step.tsx'
import { EnvironmentStep } from './environment-step.tsx'
import { Saved } from './saved.tsx'
import { TestStep } from './test-step.tsx'

/** Adds a connection, step by step. The step is in the address, the answers in the tab, the password in memory alone. */
export function AddConnection() {
  const { step: wanted, connection } = useSearch({ from: '/connections/new' })
  return wanted === 'saved' && connection !== undefined ? <AddedConnection id={connection} /> : <Questions />
}

function AddedConnection({ id }: { readonly id: string }) {
  const query = useMethod('connections.get', { connection: id })
  return (
    <Wizard title="Saved" crumb="Add a connection /" steps={addStepNames} current={addStepNames.length}>
      <QueryState query={query} what="the connection">
        {(connection) => <Saved connection={connection} />}
      </QueryState>
    </Wizard>
  )
}

function Questions() {
  const { step: wanted } = useSearch({ from: '/connections/new' })
  const navigate = useNavigate()
  const draft = useDraft('add-connection', ConnectionAnswers, noAnswers)
  const [password, setPassword] = useState('')
  const [sshSecret, setSshSecret] = useState('')
  const test = useTry<ServerInfo>()
  const save = useTry<{ id: string }>()
  const answers = draft.value
  const { form } = answers
  const step = stepToShow(wanted, answers)
  const index = addSteps.indexOf(step)
  const isPasswordLost = isSecretLost(answers, password, sshSecret)
  const go = (to: AddStep) => void navigate({ to: '/connections/new', search: { step: to } })

  const { change } = draft
  const { reset: resetTest } = test
  const onForm = useCallback(
    (changed: ConnectionForm) => {
      change({ form: changed })
      resetTest()
    },
    [change, resetTest],
  )
  const onPassword = (value: string) => {
    setPassword(value)
    draft.change({ hasPassword: value !== '' })
    resetTest()
  }
  const onSshSecret = (value: string) => {
    setSshSecret(value)
    draft.change({ hasSshSecret: value !== '' })
    resetTest()
  }
  const runTest = () =>
    void test.run(() =>
      call('connections.probe', {
        engine: form.engine,
        profile: profileOf(form),
        secret: secretOf(answers, password),
        sshSecret: sshSecretOf(form, sshSecret, false),
      }),
    )
  const saveIt = async () => {
    const saved = await save.run(() =>
      call('connections.add', {
        name: form.name,
        engine: form.engine,
        environment: answers.environment ?? 'production',
        profile: profileOf(form),
        secret: secretOf(answers, password),
        sshSecret: sshSecretOf(form, sshSecret, false) ?? undefined,
      }),
    )
    if (saved === null) return
    setPassword('')
    setSshSecret('')
    draft.clear()
    await queryClient.invalidateQueries()
    await navigate({ to: '/connections/new', search: { step: 'saved', connection: saved.id }, replace: true })
  }

  const waits: Readonly<Record<AddStep, string | null>> = {
    engine: answers.hasEngine ? null : 'Choose an engine.',
    details: null,
    environment: answers.environment === null ? 'Choose what it is used for.' : null,
    test: isPasswordLost ? 'The password is missing.' : test.tried.state === 'pending' ? 'The test is running.' : null,
    check: isPasswordLost ? 'The password is missing.' : null,
  }
  const next = {
    engine: () => go('details'),
    environment: () => {
      go('test')
      if (!isPasswordLost) runTest()
    },
    test: () => go('check'),
  }
  const nextLabels = {
    engine: 'Next',
    environment: 'Test the connection',
    test: test.tried.state === 'failed' ? 'Go on all the same' : 'Next',
  }
  const button =
    step === 'check' ? (
      <Button
        key="save"
        variant="primary"
        isDisabled={waits.check !== null}
        isPending={save.tried.state === 'pending'}
        onPress={() => void saveIt()}
      >
        Save {form.name}
      </Button>
    ) : step === 'details' ? (
      // A button of its own: the press that brought this step must not send its form.
      <Button key="send" variant="primary" type="submit" form={detailsFormId}>
        Next
      </Button>
    ) : (
      <Button key="next" variant="primary" isDisabled={waits[step] !== null} onPress={next[step]}>
        {nextLabels[step]}
      </Button>
    )
  return (
    <Wizard
      title={addStepNames[index] ?? ''}
      crumb="Add a connection /"
      steps={addStepNames}
      current={index}
      waitsFor={waits[step]}
      back={
        index === 0 ? (
          <LinkButton href="/connections">Cancel</LinkButton>
        ) : (
          <Button onPress={() => go(addSteps[index - 1] ?? 'engine')}>Back</Button>
        )
      }
      next={button}
    >
      {step === 'engine' ? (
        <EngineStep
          value={answers.hasEngine ? form.engine : null}
          onChange={(engine) => {
            draft.change({ hasEngine: true, form: { ...form, engine } })
            resetTest()
          }}
        />
      ) : null}
      {step === 'details' ? (
        <DetailsStep
          key={form.engine}
          form={form}
          password={password}
          isPasswordLost={answers.hasPassword && password === ''}
          onChange={onForm}
          onPassword={onPassword}
          sshSecret={sshSecret}
          onSshSecret={onSshSecret}
          onDone={() => go('environment')}
        />
      ) : null}
      {step === 'environment' ? (
        <EnvironmentStep value={answers.environment} onChange={(environment) => draft.change({ environment })} />
      ) : null}
      {step === 'test' ? (
        <TestStep form={form} tried={test.tried} isPasswordLost={isPasswordLost} onTest={runTest} />
      ) : null}
      {step === 'check' ? <CheckStep answers={answers} tried={test.tried} isPasswordLost={isPasswordLost} /> : null}
      {save.tried.state === 'failed' ? <ErrorNotice error={save.tried.error} word="Not saved" /> : null}
    </Wizard>
  )
}
