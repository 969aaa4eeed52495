import { useNavigate } from '@tanstack/react-router'
import { contentChoices, type Connection, type EngineChoices } from '../../../preload/contract/index.ts'
import { useMethod } from '../../lib/api.ts'
import { formatBytes } from '../../lib/format.ts'
import { Choices, Select } from '../../ui/fields.tsx'
import { Say } from '../../ui/page.tsx'
import { formOf, whereText } from '../connections/profile.ts'
import { EnvironmentTag } from '../words/environment-tag.tsx'
import type { BackUpAnswers } from './draft.ts'
import { ObjectsField } from './objects-field.tsx'

/** Which database, and what of it. */
export function WhatStep({
  connections,
  connection,
  engine,
  answers,
  onChange,
}: {
  readonly connections: readonly Connection[]
  readonly connection: Connection
  readonly engine: EngineChoices
  readonly answers: BackUpAnswers
  readonly onChange: (changes: Partial<BackUpAnswers>) => void
}) {
  const navigate = useNavigate()
  const contents = contentChoices.filter(({ id }) => engine.formats.some((format) => format.contents.includes(id)))
  const usual = engine.formats.find(({ isRecommended }) => isRecommended)
  return (
    <>
      <Say small={<code className="font-mono text-sm break-all">{whereText(formOf(connection))}</code>}>
        {connection.name}
        <EnvironmentTag environment={connection.environment} />
      </Say>
      {connections.length === 1 ? null : (
        <Select
          label="Connection"
          className="max-w-sm"
          value={connection.id as string}
          onChange={(id) => void navigate({ to: '/back-up', search: { connection: id, step: 'what' }, replace: true })}
          options={connections.map((each) => ({
            value: each.id as string,
            label: `${each.name} (${each.environment})`,
            note: whereText(formOf(each)),
          }))}
        />
      )}
      {connection.engine === 'sqlite' ? null : (
        <Databases
          connection={connection}
          value={answers.database}
          onChange={(database) => onChange({ database, chosen: [], rowless: [] })}
        />
      )}
      <Choices
        label="What of it"
        value={answers.content}
        onChange={(content) => onChange({ content })}
        options={contents.map(({ id, label, holds, isFor, isRecommended }) => ({
          value: id,
          label: isRecommended ? `${label} (recommended)` : label,
          note: (
            <>
              {holds} <span className="text-ink-3">For: {isFor}</span>
              {usual === undefined || usual.contents.includes(id) ? null : (
                <span className="block text-ink-3">In another format than the usual one.</span>
              )}
            </>
          ),
        }))}
      />
      <ObjectsField key={answers.database} connection={connection} answers={answers} onChange={onChange} />
    </>
  )
}

const ownKey = ' own'

/** The databases of the server; while it does not answer, the connection's own alone. */
function Databases({
  connection,
  value,
  onChange,
}: {
  readonly connection: Connection
  readonly value: string | null
  readonly onChange: (database: string | null) => void
}) {
  const server = useMethod('connections.test', { connection: connection.id })
  const own = formOf(connection).database
  const others = (server.data?.databases ?? []).filter(({ name }) => name !== own)
  const isListed = value === null || others.some(({ name }) => name === value)
  return (
    <Select
      label="Database"
      className="max-w-sm"
      value={value ?? ownKey}
      onChange={(key) => onChange(key === ownKey ? null : key)}
      description={
        server.error === null
          ? server.data === undefined
            ? 'Asking the server for its databases…'
            : undefined
          : 'The server did not answer just now, so only the connection’s own database can be chosen.'
      }
      options={[
        { value: ownKey, label: own === '' ? 'The connection’s own' : own, note: 'The connection’s own database' },
        ...(isListed || value === null ? [] : [{ value, label: value }]),
        ...others.map(({ name, sizeBytes }) => ({
          value: name,
          label: name,
          ...(sizeBytes === null ? {} : { note: formatBytes(sizeBytes) }),
        })),
      ]}
    />
  )
}
