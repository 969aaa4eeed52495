import type { ErrorCode } from '../errors.ts'
import { troublesOfRestores } from './of-restores.ts'
import { troublesOfServers } from './of-servers.ts'
import { troublesOfStorage } from './of-storage.ts'
import { troublesOfWork } from './of-work.ts'
import type { Trouble } from './trouble.ts'

/** Every error code with what helps: the page docs/troubleshooting.md, `holdfast explain`, and the link beside each error. */
export const troubles: Readonly<Record<ErrorCode, Trouble>> = {
  ...troublesOfWork,
  ...troublesOfServers,
  ...troublesOfStorage,
  ...troublesOfRestores,
}
