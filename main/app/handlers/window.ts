import { AppError, type Handlers, type SecretsStatus } from '../../../preload/contract/index.ts'
import { systemActor } from '../../audit/audit.ts'
import type { StoreStatus } from '../../secrets/choose.ts'
import type { Core } from '../core.ts'
import { createSampleConnection } from '../sample-connection.ts'
import { appVersion } from '../version.ts'

type WindowHandlers = Pick<
  Handlers,
  'app.info' | 'sample.create' | 'prompts.list' | 'prompts.answer' | 'secrets.status' | 'secrets.unlock'
>

/** What a window asks of the application itself. */
export function windowHandlers(core: Core): WindowHandlers {
  const { host, prompts, secrets } = core
  const status = async () => described(await secrets.store.status())
  return {
    'app.info': () =>
      Promise.resolve({
        version: appVersion,
        host: host.kind,
        platform: process.platform,
        home: core.home,
        actor: systemActor(),
        hasNativeDialogs: host.pickPath !== undefined,
      }),

    'sample.create': () => createSampleConnection(core),

    'prompts.list': () => Promise.resolve(prompts.list()),

    'prompts.answer': ({ id, value }) => {
      if (value === '') {
        throw new AppError('USAGE', 'The passphrase must not be empty.', { remedy: 'Type it, or cancel.' })
      }
      if (value !== null) core.redactor.register(value)
      prompts.answer(id, value)
      return Promise.resolve({})
    },

    'secrets.status': status,

    'secrets.unlock': async () => {
      await secrets.store.unlock()
      return status()
    },
  }
}

const sentences: Readonly<Record<StoreStatus['store'], Readonly<Record<StoreStatus['state'], string>>>> = {
  keychain: {
    ready: 'Passwords and keys are kept in the keychain of the system.',
    locked: 'Passwords and keys are kept in the keychain of the system, which does not answer now.',
    absent: 'There is no keychain.',
  },
  vault: {
    ready: 'Passwords and keys are kept in an encrypted file, which is open.',
    locked: 'Passwords and keys are kept in an encrypted file. Its passphrase is needed.',
    absent: 'There is no keychain here. The first password or key makes an encrypted file with a passphrase.',
  },
}

function described({ store, state }: StoreStatus): SecretsStatus {
  return { store, state, sentence: sentences[store][state] }
}
