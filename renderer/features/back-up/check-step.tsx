import {
  contentChoices,
  type BackupEstimate,
  type Connection,
  type Destination,
  type EngineChoices,
  type KeyStatus,
} from '../../../preload/contract/index.ts'
import { useMethod } from '../../lib/api.ts'
import { formatCount } from '../../lib/format.ts'
import { Answers } from '../../ui/answers.tsx'
import { LinkButton } from '../../ui/button.tsx'
import { Callout } from '../../ui/callout.tsx'
import { Say } from '../../ui/page.tsx'
import { CliEquivalent } from '../commands/cli-equivalent.tsx'
import { formOf, whereText } from '../connections/profile.ts'
import { EnvironmentTag } from '../words/environment-tag.tsx'
import { packingNames } from './compression-field.tsx'
import {
  backUpCommand,
  compressionOf,
  compressionText,
  estimateText,
  formatFor,
  partsOf,
  type BackUpAnswers,
} from './draft.ts'
import { someNames } from './object-search.ts'
import { NoDestination } from './where-step.tsx'

/** All answers on one page. Nothing has begun. */
export function CheckStep({
  connection,
  engine,
  answers,
  destinations,
  chosen,
  keys,
  estimate,
}: {
  readonly connection: Connection
  readonly engine: EngineChoices
  readonly answers: BackUpAnswers
  readonly destinations: readonly Destination[]
  readonly chosen: readonly string[]
  readonly keys: KeyStatus
  readonly estimate: BackupEstimate | undefined
}) {
  const href = (step: string) => `/back-up?connection=${connection.id}&step=${step}`
  const names = destinations.filter(({ id }) => chosen.includes(id)).map(({ name }) => name)
  const form = formOf(connection)
  const format = formatFor(engine, answers)
  const actor = useMethod('app.info', {}).data?.actor
  const isEncrypted = keys.isKitVerified && !answers.isEncryptionLeftOut
  return (
    <>
      <Say small="The database is only read; people and programs go on working with it.">
        Back up {connection.name}?
      </Say>
      {destinations.length === 0 ? <NoDestination /> : null}
      <Answers
        label="Your answers"
        answers={[
          {
            question: 'Connection',
            answer: (
              <>
                {connection.name}
                <EnvironmentTag environment={connection.environment} />
                <code className="block font-mono text-sm break-all text-ink-2">{whereText(form)}</code>
              </>
            ),
            changeHref: href('what'),
          },
          ...(connection.engine === 'sqlite'
            ? []
            : [
                {
                  question: 'Database',
                  answer: answers.database ?? (form.database || 'The connection’s own'),
                  changeHref: href('what'),
                },
              ]),
          {
            question: 'Holds',
            answer: contentChoices.find(({ id }) => id === answers.content)?.label,
            changeHref: href('what'),
          },
          { question: 'Objects', answer: <ObjectsAnswer answers={answers} />, changeHref: href('what') },
          {
            question: 'Format',
            answer: (
              <>
                {format?.label}
                {format?.dumpsInParallel === true && answers.jobs > 1
                  ? `, ${formatCount(answers.jobs)} workers at once`
                  : ''}
              </>
            ),
            changeHref: href('how'),
          },
          {
            question: 'Compression',
            answer: `${packingNames[answers.packing]} (${compressionText(compressionOf(answers))})`,
            changeHref: href('how'),
          },
          {
            question: 'Encryption',
            answer: isEncrypted ? 'On' : keys.isKitVerified ? 'Left out' : 'Off: no recovery kit is verified',
            changeHref: href('how'),
          },
          ...(engine.hasRoles
            ? [
                {
                  question: 'Passwords of roles',
                  answer: !isEncrypted
                    ? 'Not kept: the backup is not encrypted'
                    : answers.areRolePasswordsLeftOut
                      ? 'Left out'
                      : 'Kept, sealed',
                  changeHref: href('how'),
                },
              ]
            : []),
          { question: 'Why', answer: answers.description.trim() || 'Not provided', changeHref: href('how') },
          { question: 'Name', answer: answers.name || 'Not provided', changeHref: href('how') },
          { question: 'Kept in', answer: names.join(', ') || 'Not provided', changeHref: href('where') },
          ...(actor === undefined ? [] : [{ question: 'Created by', answer: actor }]),
          ...(estimate === undefined || estimateText(estimate) === null
            ? []
            : [{ question: 'Expected', answer: estimateText(estimate) }]),
        ]}
      />
      {isEncrypted || keys.isKitVerified ? null : (
        <Callout
          tone="warn"
          word="Not encrypted"
          actions={
            <LinkButton size="sm" href="/settings?section=keys">
              Set up encryption
            </LinkButton>
          }
        >
          Whoever can read the destination can read this backup.
        </Callout>
      )}
      <CliEquivalent
        command={backUpCommand(connection.name, answers, engine, names.length === destinations.length ? null : names)}
      />
    </>
  )
}

function ObjectsAnswer({ answers }: { readonly answers: BackUpAnswers }) {
  const { include, exclude, excludeRows } = partsOf(answers)
  return (
    <>
      {include.length === 0 ? null : `Only ${someNames(include)}, and what that needs`}
      {exclude.length === 0 ? null : `All but ${someNames(exclude)}`}
      {include.length + exclude.length === 0 ? 'Everything' : null}
      {excludeRows.length === 0 ? null : (
        <span className="block text-ink-2">Without rows: {someNames(excludeRows)}</span>
      )}
    </>
  )
}
