import { AppError, type RestorePlan } from '../../preload/contract/index.ts'
import type { Core } from './core.ts'

/** Before a database that is marked production is touched: where the host can ask for a finger, it must be given. */
export async function assertPresence(
  { host }: Pick<Core, 'host'>,
  { target }: Pick<RestorePlan, 'target'>,
): Promise<void> {
  if (target.environment !== 'production' || host.confirmPresence === undefined) return
  const presence = await host.confirmPresence(`restore into ${target.database} on ${target.connection}`)
  if (presence !== 'refused') return
  throw new AppError('CONFIRMATION_MISSING', 'The restore into production was not confirmed with Touch ID.', {
    remedy: 'Start it again and confirm it. Nothing was touched.',
  })
}
