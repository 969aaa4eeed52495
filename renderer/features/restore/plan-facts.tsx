import type { ReactNode } from 'react'
import type { RestorePlan } from '../../../preload/contract/index.ts'
import { cx } from '../../lib/class-names.ts'
import { formatBytes, formatRange, plural } from '../../lib/format.ts'
import { Box, Facts } from '../../ui/box.tsx'
import { EnvironmentTag } from '../words/environment-tag.tsx'
import { modeNames, shortDatabase } from './restore-words.tsx'

/** The target of a plan, and what the restore takes. A production target carries a band at its edge. */
export function PlanFacts({ plan }: { readonly plan: RestorePlan }) {
  const { target, space, forecastSeconds, mode, hooks } = plan
  const freeBytes = space?.freeBytes ?? null
  return (
    <>
      <Box padded className={cx(target.environment === 'production' && 'border-t-[3px] border-t-env-production')}>
        <h2 className="m-0 mb-2 text-base">
          Target
          <EnvironmentTag environment={target.environment} />
        </h2>
        <Facts
          facts={[
            ['Database', <Name key="name">{shortDatabase(target.database)}</Name>],
            ['Server', <Name key="server">{target.server}</Name>],
            ['Connection', target.connection],
            ['Exists', target.exists ? 'yes' : 'no, it is made'],
            ['How', modeNames[mode]],
            ...(plan.content === 'full' ? [] : [['Written', contentWords(plan)] as const]),
            ...(plan.include.length === 0
              ? []
              : [['Only', <Name key="only">{plan.include.join(', ')}</Name>] as const]),
            ...(plan.exclude.length === 0
              ? []
              : [['Left out', <Name key="without">{plan.exclude.join(', ')}</Name>] as const]),
            ...(plan.jobs === undefined ? [] : [['Workers', `${String(plan.jobs)} at once`] as const]),
            ...(target.exists
              ? [['Sessions of others', plan.disconnectOthers ? 'are ended' : 'block it'] as const]
              : []),
            ...(mode === 'swap' ? [['Old one kept', `${plural(plan.keepHours, 'hour')} at least`] as const] : []),
          ]}
        />
      </Box>
      <Box padded>
        <h2 className="m-0 mb-2 text-base">Time and room</h2>
        <Facts
          facts={[
            ['Takes', forecastSeconds === null ? 'no history yet' : formatRange(forecastSeconds)],
            ['Needed', space === null ? 'not known' : `~${formatBytes(space.neededBytes)}`],
            ['Free', freeBytes === null ? 'not known' : formatBytes(freeBytes)],
            ...(mode === 'swap' ? [['Database away', 'under 1 s, measured'] as const] : []),
          ]}
        />
        {hooks.length === 0 ? null : (
          <>
            <h3 className="mt-3 mb-1 text-sm font-medium text-ink-3">Hooks and checks, in this order</h3>
            <ol className="m-0 list-decimal pl-5 text-sm">
              {hooks.map((hook) => (
                <li key={hook}>{hook}</li>
              ))}
            </ol>
          </>
        )}
      </Box>
    </>
  )
}

function Name({ children }: { readonly children: ReactNode }) {
  return <span className="font-mono break-all">{children}</span>
}

function contentWords({ content, rows }: RestorePlan): string {
  if (content === 'schema') return 'structure only'
  return rows === 'append' ? 'rows, added to those there' : 'rows, instead of those there'
}
