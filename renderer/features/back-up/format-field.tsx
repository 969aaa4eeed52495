import type { EngineChoices, FormatChoice } from '../../../preload/contract/index.ts'
import { Callout } from '../../ui/callout.tsx'
import { Choices, Select } from '../../ui/fields.tsx'
import { formatFor, misfitOf, type BackUpAnswers } from './draft.ts'

const workers = [1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64]

/** In which format it is written, each with what there is to say about it; and by how many at once. */
export function FormatField({
  engine,
  answers,
  onChange,
}: {
  readonly engine: EngineChoices
  readonly answers: BackUpAnswers
  readonly onChange: (changes: Partial<BackUpAnswers>) => void
}) {
  const used = formatFor(engine, answers)
  const recommended = engine.formats.find(({ isRecommended }) => isRecommended)
  const misfit = recommended === undefined ? null : misfitOf(recommended, answers)
  return (
    <div className="flex flex-col gap-3">
      {misfit === null || recommended === undefined ? null : (
        <Callout tone="warn" word="Another format">
          {recommended.label} is not possible here. {misfit}
        </Callout>
      )}
      <Choices
        label="Format"
        value={used?.id ?? null}
        onChange={(id) => onChange({ format: id })}
        options={engine.formats.map((format) => ({
          value: format.id,
          label: format.isRecommended ? `${format.label} (recommended)` : format.label,
          isDisabled: misfitOf(format, answers) !== null,
          note: <About format={format} misfit={misfitOf(format, answers)} />,
        }))}
      />
      {used?.dumpsInParallel === true ? (
        <Select
          label="Workers that write at once"
          className="max-w-sm"
          value={String(answers.jobs)}
          onChange={(jobs) => onChange({ jobs: Number(jobs) })}
          description="Each is a connection of its own to the server."
          options={workers.map((count) => ({ value: String(count), label: String(count) }))}
        />
      ) : null}
    </div>
  )
}

function About({ format, misfit }: { readonly format: FormatChoice; readonly misfit: string | null }) {
  const { holds, opensWith, canTakeOutSingleTables, usualSize } = format
  return (
    <>
      {misfit === null ? null : <span className="block font-medium">Not possible here: {misfit}</span>}
      {holds}
      <span className="block">Opens with {opensWith}.</span>
      <span className="block">
        {canTakeOutSingleTables ? 'Single tables can be taken out.' : 'It is restored as a whole.'} {usualSize}
      </span>
    </>
  )
}
