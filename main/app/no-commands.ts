import { isDeepStrictEqual } from 'node:util'
import {
  AppError,
  type Connection,
  type Hook,
  type RestoreCheck,
  type SecretInput,
} from '../../preload/contract/index.ts'
import type { z } from 'zod'
import type { Core } from './core.ts'

interface Given {
  readonly secret?: z.output<typeof SecretInput> | null | undefined
  readonly hooks?: readonly Hook[] | undefined
  readonly checks?: readonly RestoreCheck[] | undefined
}

/**
 * Programs to run are named on the command line alone. A window may hand back what is stored already; a new or changed command from it
 * is `USAGE`.
 */
export function refuseCommands({ host }: Pick<Core, 'host'>, given: Given, stored: Connection | null): void {
  if (host.kind === 'cli') return
  const commands = [
    ...(given.secret?.from === 'command' ? [given.secret] : []),
    ...(given.hooks ?? []).filter(({ action }) => action.kind === 'command'),
    ...(given.checks ?? []).filter(({ test }) => test.kind === 'command'),
  ]
  const known: readonly unknown[] = stored === null ? [] : [stored.secret, ...stored.hooks, ...stored.checks]
  if (commands.every((command) => known.some((each) => isDeepStrictEqual(each, command)))) return
  throw new AppError('USAGE', 'A program to run can not be set from a window.', {
    remedy: 'Set it on the command line: `holdfast connection edit`.',
  })
}
