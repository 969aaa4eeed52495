import { contentChoices, type Content, type RowsMode } from '../../../preload/contract/index.ts'
import { Choices } from '../../ui/fields.tsx'

const does: Readonly<Record<Content, string>> = {
  full: 'Every definition and every row comes back.',
  schema: 'Definitions come back, tables empty. Tables that are there are dropped and made anew.',
  data: 'Into tables that are there, and must have the columns of the backup.',
}

/** Structure and rows, or one of them; of a backup that holds one alone there is nothing to choose. */
export function ContentChoice({
  content,
  onChange,
}: {
  readonly content: Content
  readonly onChange: (content: Content) => void
}) {
  return (
    <Choices
      label="What is restored"
      value={content}
      onChange={onChange}
      options={contentChoices.map(({ id, label }) => ({ value: id, label, note: does[id] }))}
    />
  )
}

/** What becomes of rows that are there. Never chosen beforehand. */
export function RowsChoice({
  rows,
  onChange,
}: {
  readonly rows: RowsMode | null
  readonly onChange: (rows: RowsMode) => void
}) {
  return (
    <Choices
      label="Rows that are there"
      value={rows}
      onChange={onChange}
      options={[
        { value: 'replace', label: 'Replace them', note: 'They are deleted first.' },
        {
          value: 'append',
          label: 'Keep them, and add those of the backup',
          note: 'Fails where a key is there already; nothing is changed then.',
        },
      ]}
    />
  )
}
