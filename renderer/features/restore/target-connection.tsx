import type { BackupDetail, Connection } from '../../../preload/contract/index.ts'
import { LinkButton } from '../../ui/button.tsx'
import { Callout } from '../../ui/callout.tsx'
import { Select } from '../../ui/fields.tsx'
import { EnvironmentTag } from '../words/environment-tag.tsx'
import { engineNames } from '../words/words.tsx'

/** The connection to restore into: the backup's own, or another one of the same engine. */
export function TargetConnection({
  connections,
  chosen,
  backup,
  onChange,
}: {
  readonly connections: readonly Connection[]
  readonly chosen: Connection | null
  readonly backup: BackupDetail
  readonly onChange: (id: string) => void
}) {
  if (connections.length === 0) {
    return (
      <Callout tone="bad" word="No target" actions={<LinkButton href="/connections/new">Add a connection</LinkButton>}>
        There is no {engineNames[backup.engine]} connection to restore into.
      </Callout>
    )
  }
  const options = connections.map((each) => ({
    value: each.id as string,
    label: each.name,
    note: `${each.environment} · ${placeOf(each)}`,
  }))
  return (
    <div className="flex flex-col gap-1.5">
      <Select
        label="Connection"
        value={chosen?.id ?? ''}
        onChange={onChange}
        options={chosen === null ? [{ value: '', label: 'Choose a connection' }, ...options] : options}
        className="max-w-md"
      />
      {chosen === null ? null : (
        <p className="m-0 text-sm break-words text-ink-2">
          {chosen.name}
          <EnvironmentTag environment={chosen.environment} /> {placeOf(chosen)}
          {chosen.name === backup.connection ? ' · where the backup came from' : ''}
        </p>
      )}
    </div>
  )
}

/** Host and port, or the file. */
function placeOf({ profile }: Connection): string {
  const { path, host, port, service } = profile
  if (typeof path === 'string') return path
  if (typeof host === 'string') return typeof port === 'number' ? `${host}:${String(port)}` : host
  return typeof service === 'string' ? `service ${service}` : 'local server'
}
