import { z } from 'zod'
import { Environment, type SecretInput } from '../../../../preload/contract/index.ts'
import { cliCommand } from '../../../lib/cli-command.ts'
import { cliOptionsOf, CompleteConnectionForm, ConnectionForm, emptyForm } from '../profile.ts'

/** What was answered so far. The password is not among it: it is only in the memory of the page. */
export const ConnectionAnswers = z.object({
  hasEngine: z.boolean(),
  form: z.object({ ...ConnectionForm.shape, name: z.string(), host: z.string(), port: z.string() }),
  /** Whether a password was typed: after a reload it has to be typed again. */
  hasPassword: z.boolean(),
  /** The same of the password or passphrase for the SSH server. */
  hasSshSecret: z.boolean(),
  environment: Environment.nullable(),
})
export type ConnectionAnswers = z.infer<typeof ConnectionAnswers>

/** Nothing answered. */
export const noAnswers: ConnectionAnswers = {
  hasEngine: false,
  form: emptyForm,
  hasPassword: false,
  hasSshSecret: false,
  environment: null,
}

/** The steps, in their order. */
export const addSteps = ['engine', 'details', 'environment', 'test', 'check'] as const
export type AddStep = (typeof addSteps)[number]

/** How the steps are called. */
export const addStepNames = ['Engine', 'Details', 'Environment', 'Test', 'Check and save'] as const

/** The step that is shown: the wanted one, or the first before it that lacks an answer. */
export function stepToShow(wanted: string | undefined, answers: ConnectionAnswers): AddStep {
  const ready: Readonly<Record<AddStep, boolean>> = {
    engine: answers.hasEngine,
    details: CompleteConnectionForm.safeParse(answers.form).success,
    environment: answers.environment !== null,
    test: true,
    check: true,
  }
  const index = Math.max(
    0,
    addSteps.findIndex((step) => step === wanted),
  )
  return addSteps.slice(0, index).find((step) => !ready[step]) ?? addSteps[index] ?? 'engine'
}

/** The password as it is sent. */
export function secretOf(answers: ConnectionAnswers, password: string): SecretInput {
  return answers.form.engine === 'sqlite' || password === '' ? { from: 'none' } : { from: 'value', value: password }
}

/** Whether a secret was typed before a reload, and is gone. */
export function isSecretLost(
  { form, hasPassword, hasSshSecret }: ConnectionAnswers,
  password: string,
  ssh: string,
): boolean {
  if (form.engine !== 'postgresql') return false
  const asksSsh = form.sshBy === 'key' || form.sshBy === 'password'
  return (hasPassword && password === '') || (asksSsh && hasSshSecret && ssh === '')
}

/** The command that saves the same connection. It never holds the password: the command line asks for it. */
export function addCommand({ form, environment, hasPassword }: ConnectionAnswers): string {
  return cliCommand(['connection', 'add'], {
    name: form.name,
    engine: form.engine,
    environment,
    ...cliOptionsOf(form),
    'no-password': form.engine === 'postgresql' && !hasPassword,
  })
}
