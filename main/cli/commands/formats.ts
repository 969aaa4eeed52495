import { compressionPresets, contentChoices, type EngineChoices } from '../../../preload/contract/index.ts'
import type { Reply } from '../io.ts'
import type { Session } from '../session.ts'
import { facts } from '../table.ts'
import type { CommandGroup } from './group.ts'

/** `formats`. */
export const addFormatsCommand: CommandGroup = (program, run) => {
  program
    .command('formats')
    .description('the formats, contents and compressions of backups: what each holds, and what opens it')
    .action(() => run(formats))
}

async function formats(session: Session): Promise<Reply> {
  const engines = await session.call('engines.list', {})
  return {
    data: { engines, contents: contentChoices, compressions: compressionPresets },
    text: [...engines.flatMap(engineLines), ...choiceLines()].join('\n'),
  }
}

function engineLines({ label, formats: all }: EngineChoices): readonly string[] {
  return all.flatMap((format) => [
    `${label}: --format ${format.id}${format.isRecommended ? ' (recommended)' : ''}`,
    facts([
      ['Is', `${format.label} (.${format.extension})`],
      ['Holds', format.holds],
      ['Opens with', format.opensWith],
      ['Single tables', format.canTakeOutSingleTables ? 'can be taken out' : 'can not be taken out'],
      ['Usual size', format.usualSize],
      ['Contents', format.contents.join(', ')],
    ]),
    '',
  ])
}

function choiceLines(): readonly string[] {
  return [
    ...contentChoices.flatMap(({ id, holds, isFor, isRecommended }) => [
      `--content ${id}${isRecommended ? ' (recommended)' : ''}`,
      facts([
        ['Holds', holds],
        ['For', isFor],
      ]),
      '',
    ]),
    ...compressionPresets.map(({ id, meaning }) => `--compression ${id}: ${meaning}`),
  ]
}
