import type { Environment } from '../../../../preload/contract/index.ts'
import { Choices } from '../../../ui/fields.tsx'
import { Say } from '../../../ui/page.tsx'

/** What the database is used for: decides how careful restores and restore tests are. */
export function EnvironmentStep({
  value,
  onChange,
}: {
  readonly value: Environment | null
  readonly onChange: (environment: Environment) => void
}) {
  return (
    <>
      <Say small="The label stands beside its name everywhere, and decides what is asked before something is overwritten.">
        What is this database used for?
      </Say>
      <Choices
        label="Environment"
        value={value}
        onChange={onChange}
        options={[
          {
            value: 'production',
            label: 'Production',
            note: 'People depend on it. Restore tests never run on its server without written consent.',
          },
          { value: 'staging', label: 'Staging', note: 'For trying things out before production.' },
          { value: 'development', label: 'Development', note: 'Can be made again at any time.' },
        ]}
      />
    </>
  )
}
