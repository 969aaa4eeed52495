import type { BackupDetail } from '../../../preload/contract/index.ts'
import { useMethod } from '../../lib/api.ts'
import { formatBytes, formatExact, formatMoment, plural } from '../../lib/format.ts'
import { useNow } from '../../lib/now.ts'
import { Box, Facts } from '../../ui/box.tsx'
import { Button, LinkButton, TextLink } from '../../ui/button.tsx'
import { Callout } from '../../ui/callout.tsx'
import { Say } from '../../ui/page.tsx'
import { QueryState } from '../errors/query-state.tsx'
import { BadgeWord, engineNames } from '../words/words.tsx'
import { ContentChoice } from './content-choice.tsx'
import { ObjectChoice } from './object-choice.tsx'
import { contentOf, missingPart } from './parts-choice.ts'
import { isUsable } from './problem-time.ts'
import { TargetChoice } from './target-choice.ts'
import { useWizard } from './use-wizard.ts'
import { FooterEnd, WizardFrame } from './wizard-frame.tsx'

/** Step 2: what the backup holds, and what of it is restored. */
export function ContentsStep() {
  const { search, go, hrefOf } = useWizard()
  const now = useNow()
  const query = useMethod('backups.get', { backup: search.backup ?? '' })
  const backup = query.data
  const waitsFor =
    backup === undefined
      ? null
      : backup.needsKey !== null
        ? 'The key of this backup is needed.'
        : isUsable(backup)
          ? missingPart(search.target ?? {})
          : 'This backup cannot be restored. Choose another one.'
  return (
    <WizardFrame
      step="contents"
      title={backup === undefined ? null : `${backup.connection}, ${formatMoment(backup.startedAt, now)}`}
      footer={
        <>
          <LinkButton href={hrefOf('backup')}>Back</LinkButton>
          <FooterEnd waitsFor={waitsFor}>
            <Button
              variant="primary"
              isDisabled={backup === undefined || waitsFor !== null}
              onPress={() => go({ step: 'target' })}
            >
              Choose the target
            </Button>
          </FooterEnd>
        </>
      }
    >
      <QueryState query={query} what="the backup">
        {(detail) => <Contents backup={detail} />}
      </QueryState>
    </WizardFrame>
  )
}

function Contents({ backup }: { readonly backup: BackupDetail }) {
  const { search, go } = useWizard()
  const choice = search.target ?? TargetChoice.parse({})
  const change = (part: Partial<TargetChoice>) => go({ target: { ...choice, ...part } }, { replace: true })
  const tables = backup.objects.filter(({ kind }) => kind === 'table')
  const rows = tables.reduce((total, table) => total + (table.rows ?? 0), 0)
  const restoreTest = backup.validations.find(({ level, outcome }) => level === 'restore' && outcome === 'passed')
  const isSealed = backup.needsKey !== null
  return (
    <>
      <Say small={smallOf(backup)}>
        {isSealed
          ? 'What this backup holds is sealed.'
          : `This backup holds ${plural(tables.length, 'table')} with ${plural(rows, 'row')}.`}
      </Say>
      {isSealed ? (
        <Callout
          tone="bad"
          word="Key missing"
          actions={<LinkButton href="/settings?section=keys">Import the recovery kit</LinkButton>}
        >
          It is encrypted for the key <code className="font-mono text-sm break-all">{backup.needsKey}</code>, which is
          not here. The recovery kit brings it.
        </Callout>
      ) : null}
      {backup.badge === 'failed' ? (
        <Callout tone="bad" word="Check failed">
          The last check of this backup failed, so it is not restored. Choose another one.
        </Callout>
      ) : null}
      {backup.warnings.map(({ code, message }) => (
        <Callout key={`${code} ${message}`} tone="warn" word="Warning">
          {message}
        </Callout>
      ))}
      <div className="grid grid-cols-[minmax(0,1fr)_320px] items-start gap-5 max-xl:grid-cols-1">
        {isSealed ? (
          <div />
        ) : (
          <div className="flex min-w-0 flex-col gap-5">
            {backup.content === 'full' ? (
              <ContentChoice
                content={contentOf(choice, backup.content)}
                // What becomes of rows that are there is asked where they are known.
                onChange={(content) => change({ content, rows: undefined })}
              />
            ) : null}
            <ObjectChoice backup={backup} choice={choice} onChange={change} />
          </div>
        )}
        <Box padded className="max-xl:order-first">
          <Facts
            facts={[
              ['Trust', <BadgeWord key="badge" badge={backup.badge} />],
              ['Restore test', restoreTest === undefined ? 'never passed' : formatExact(restoreTest.finishedAt)],
              ['Taken', formatExact(backup.startedAt)],
              ['Database', backup.database],
              ['Engine', engineNames[backup.engine]],
              ['Format', backup.format],
              ['Holds', { full: 'structure and rows', schema: 'structure only', data: 'rows only' }[backup.content]],
              ['Size, decoded', backup.plaintextBytes === null ? 'unknown' : formatBytes(backup.plaintextBytes)],
              ['Size, stored', backup.artifactBytes === null ? 'unknown' : formatBytes(backup.artifactBytes)],
              ['Encrypted', backup.encrypted ? (isSealed ? 'yes, the key is missing' : 'yes, the key is here') : 'no'],
              [
                'Signed by',
                {
                  own: 'this installation',
                  adopted: 'an adopted one',
                  colleague: 'a colleague',
                  unknown: 'nobody known',
                }[backup.origin],
              ],
              ['Copies', backup.copies.map(({ destination, state }) => `${destination}: ${state}`).join(', ')],
              [
                'Id',
                <TextLink key="id" href={`/backups/${backup.id}`}>
                  {backup.id}
                </TextLink>,
              ],
            ]}
          />
        </Box>
      </div>
    </>
  )
}

function smallOf({ kind, scope, content }: BackupDetail): string {
  if (kind === 'safety') return 'It was taken before a restore. Nothing is changed by looking at it.'
  if (scope === 'partial') return 'It holds parts of the database, not all of it. Nothing is changed by looking at it.'
  if (content !== 'full') return 'It is not a whole database. Nothing is changed by looking at it.'
  return 'Read from its manifest. Nothing is changed by looking at it.'
}
