import type { Environment } from '../../../preload/contract/index.ts'
import { cx } from '../../lib/class-names.ts'

const colours: Readonly<Record<Environment, string>> = {
  production: 'text-env-production',
  staging: 'text-env-staging',
  development: 'text-env-development',
}

/** Stands beside every name that belongs to a connection. */
export function EnvironmentTag({ environment }: { readonly environment: Environment | null }) {
  if (environment === null) return null
  return (
    <span
      className={cx(
        'ml-1.5 inline-block rounded border border-current px-1 text-[10.5px]/[15px] font-semibold tracking-[0.04em]',
        colours[environment],
      )}
    >
      {environment}
    </span>
  )
}
