import { AppError, type DestinationType } from '../../preload/contract/index.ts'
import type { Destination, RegisteredDestination } from './destination.ts'
import { localDestination } from './local/local-destination.ts'

function register<S extends Readonly<Record<string, unknown>>>(destination: Destination<S>): RegisteredDestination {
  function parseSettings(settings: unknown): S {
    const parsed = destination.settingsSchema.safeParse(settings)
    if (parsed.success) return parsed.data
    throw new AppError('USAGE', `The settings of the destination are not valid (${destination.label}).`, {
      detail: parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; '),
      remedy: 'Correct the settings and run the command again.',
    })
  }
  return {
    type: destination.type,
    label: destination.label,
    isLocal: destination.isLocal,
    settingsPaths: destination.settingsPaths,
    parseSettings,
    open: (settings, secret) => destination.open({ settings: parseSettings(settings), secret }),
  }
}

/** Every kind of destination. A new one is one folder and one line here. */
const destinations: Readonly<Record<DestinationType, RegisteredDestination>> = {
  local: register(localDestination),
}

/** The kind of destination that `type` names. */
export function destinationOfType(type: DestinationType): RegisteredDestination {
  return destinations[type]
}
