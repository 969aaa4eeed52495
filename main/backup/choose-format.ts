import { AppError } from '../../preload/contract/index.ts'
import type { FormatInfo } from '../engines/engine.ts'
import type { OpenConnection } from '../workbench/workbench.ts'
import type { BackupWork } from './request.ts'

/** The format that was asked for, or the recommended one. `USAGE` for one that the engine doesn't write, `UNSUPPORTED` for a content it can't hold. */
export function chooseFormat(source: OpenConnection, work: BackupWork): FormatInfo {
  const { formats } = source.engine.capabilities
  const wanted = work.request.format
  const found =
    wanted === null ? formats.find((format) => format.isRecommended) : formats.find((format) => format.id === wanted)
  if (found === undefined) {
    throw new AppError('USAGE', `${source.engine.label} has no format "${wanted ?? ''}".`, {
      remedy: `Choose one of: ${formats.map((format) => format.id).join(', ')}.`,
    })
  }
  if (!found.contents.includes(work.request.content)) {
    throw new AppError('UNSUPPORTED', `The format ${found.id} cannot hold "${work.request.content}" alone.`, {
      remedy: `Choose one of: ${found.contents.join(', ')}.`,
    })
  }
  if (work.request.jobs > 1 && found.dumpsInParallel !== true) {
    const shared = formats.filter((format) => format.dumpsInParallel === true).map((format) => format.id)
    throw new AppError('USAGE', `The format ${found.id} is written by one worker.`, {
      remedy: shared.length === 0 ? 'Leave out --jobs.' : `Add --format ${shared.join(' or ')}, or leave out --jobs.`,
    })
  }
  return found
}
