import { AppError } from '../../preload/contract/index.ts'
import type { Workbench } from '../workbench/workbench.ts'
import type { BackupWork } from './request.ts'

/** For whom a backup is encrypted; nobody where it isn't. `KEY_MISSING` where it has to be and there is no key. */
export function recipientsOf(bench: Workbench, work: BackupWork): readonly string[] {
  if (work.request.encrypt === 'off') return []
  if (work.request.encrypt === 'on' && bench.secrets.recipients.length === 0) {
    throw new AppError('KEY_MISSING', 'There is no encryption key whose recovery kit was verified.', {
      remedy: 'Create one with `holdfast key create`, then try again.',
    })
  }
  return bench.secrets.recipients
}
