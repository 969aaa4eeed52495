import type { FormatChoice, Handlers } from '../../../preload/contract/index.ts'
import type { FormatInfo } from '../../engines/engine.ts'
import { registries } from '../registries.ts'

/** What can be backed up, and how. */
export function engineHandlers(): Pick<Handlers, 'engines.list'> {
  return {
    'engines.list': () =>
      Promise.resolve(
        registries.engines.map(({ id, label, capabilities, roles }) => ({
          id,
          label,
          formats: capabilities.formats
            .toSorted((a, b) => Number(b.isRecommended) - Number(a.isRecommended))
            .map(formatChoice),
          hasRoles: roles !== undefined,
        })),
      ),
  }
}

function formatChoice(format: FormatInfo): FormatChoice {
  const { id, label, extension, holds, opensWith, canTakeOutSingleTables, usualSize, isRecommended } = format
  return {
    id,
    label,
    extension,
    holds,
    opensWith,
    canTakeOutSingleTables,
    usualSize,
    isRecommended,
    contents: [...format.contents],
    holdsSelections: format.holdsSelections ?? true,
    dumpsInParallel: format.dumpsInParallel ?? false,
    restoresInParallel: format.restoresInParallel ?? false,
  }
}
