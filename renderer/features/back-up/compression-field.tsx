import { compressionPresets, CompressionName, type Compression } from '../../../preload/contract/index.ts'
import { Choices, Select } from '../../ui/fields.tsx'
import type { BackUpAnswers, Packing } from './draft.ts'

/** What each name of a compression is called. */
export const packingNames: Readonly<Record<Packing, string>> = {
  fast: 'Fast',
  normal: 'Normal',
  small: 'Small',
  exact: 'Exact',
}

const highest = { zstd: 19, gzip: 9, none: 0 } as const
const usual = { zstd: 3, gzip: 6, none: null } as const
const names = {
  zstd: { label: 'zstd', note: 'Opens with zstd; quick and small' },
  gzip: { label: 'gzip', note: 'Opens with gzip, which is everywhere; slower' },
  none: { label: 'none', note: 'As large as it is; a script stays readable as it lies' },
} as const

/** How hard it is compressed: three usual answers, or exactly. */
export function CompressionField({
  answers: { packing, compression },
  onChange,
}: {
  readonly answers: BackUpAnswers
  readonly onChange: (changes: Partial<BackUpAnswers>) => void
}) {
  const change = (changed: Compression) => onChange({ compression: changed })
  return (
    <div className="flex flex-col gap-3">
      <Choices
        label="Compression"
        value={packing}
        onChange={(value) => onChange({ packing: value })}
        options={[
          ...compressionPresets.map(({ id, meaning }) => ({
            value: id as Packing,
            label: id === 'normal' ? `${packingNames[id]} (recommended)` : packingNames[id],
            note: `${meaning}.`,
          })),
          { value: 'exact', label: packingNames.exact, note: 'You say by what, and how hard.' },
        ]}
      />
      {packing === 'exact' ? (
        <div className="flex flex-wrap gap-3">
          <Select
            label="By"
            className="w-32"
            value={compression.name}
            onChange={(name) => change({ name, level: usual[name] })}
            options={CompressionName.options.map((value) => ({ value, ...names[value] }))}
          />
          {compression.level === null ? null : (
            <Select
              label="Level"
              className="w-32"
              value={String(compression.level)}
              onChange={(level) => change({ ...compression, level: Number(level) })}
              options={levelsOf(highest[compression.name])}
            />
          )}
        </div>
      ) : null}
    </div>
  )
}

function levelsOf(
  count: number,
): readonly { readonly value: string; readonly label: string; readonly note?: string }[] {
  return Array.from({ length: count }, (_, index) => {
    const value = String(index + 1)
    if (index === 0) return { value, label: value, note: 'quickest' }
    return index + 1 === count ? { value, label: value, note: 'smallest' } : { value, label: value }
  })
}
