import { AppError } from '../../preload/contract/index.ts'
import { destinationOfType } from '../destinations/registry.ts'
import { engines, findEngine } from '../engines/registry.ts'
import type { Registries } from '../workbench/workbench.ts'

/** The engines and destinations of this version. */
export const registries: Registries = {
  engines,
  engine: (id) => {
    const engine = findEngine(id)
    if (engine !== null) return engine
    throw new AppError('UNSUPPORTED', `This version has no engine "${id}".`, { remedy: 'Update Holdfast.' })
  },
  destination: destinationOfType,
}
