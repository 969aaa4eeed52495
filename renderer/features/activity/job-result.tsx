import type { ReactNode } from 'react'
import {
  jobResults,
  toAppError,
  type BackupDetail,
  type Job,
  type RestoreResult,
  type ValidationReport,
} from '../../../preload/contract/index.ts'
import { formatCount, plural } from '../../lib/format.ts'
import { LinkButton } from '../../ui/button.tsx'
import { Callout } from '../../ui/callout.tsx'
import { ErrorNotice } from '../errors/error-notice.tsx'
import { levels } from '../words/words.tsx'
import { CheckTable } from './check-table.tsx'

/** What came out of a job, with the way to it. */
export function JobResult({ job, result }: { readonly job: Job; readonly result: unknown }) {
  // Of another version of Holdfast, perhaps: what can't be read is said and does not break the page.
  try {
    return shown(job, result)
  } catch (error) {
    return <ErrorNotice error={toAppError(error)} word="Result not readable" />
  }
}

function shown(job: Job, result: unknown): ReactNode {
  switch (job.kind) {
    case 'backup':
      return <OfBackup backup={jobResults.backup.parse(result)} />
    case 'validate':
      return <OfValidation report={jobResults.validate.parse(result)} />
    case 'restore':
    case 'undo':
      return <OfRestore result={jobResults.restore.parse(result)} />
    case 'restore-plan': {
      const plan = jobResults['restore-plan'].parse(result)
      return (
        <Outcome
          text={
            plan.blockers.length === 0
              ? `The plan has ${plural(plan.changes.length, 'object')}, and nothing is in its way.`
              : `${plural(plan.blockers.length, 'blocker')} must be solved first.`
          }
          href={`/restore?step=plan&backup=${plan.backup}&plan=${job.id}`}
          label="Open the plan"
        />
      )
    }
    case 'undo-plan': {
      const plan = jobResults['undo-plan'].parse(result)
      return (
        <Outcome
          text={
            plan.blockers.length === 0
              ? `${plan.retired} can come back.`
              : `${plural(plan.blockers.length, 'blocker')} must be solved first.`
          }
          href={`/restores/${plan.restore}`}
          label="Open the restore"
        />
      )
    }
    case 'finish': {
      const { restore, dropped } = jobResults.finish.parse(result)
      return <Outcome text={`${dropped} was dropped.`} href={`/restores/${restore}`} label="Open the restore" />
    }
    case 'compare': {
      const { equal, objects } = jobResults.compare.parse(result)
      const different = objects.filter(({ status }) => status !== 'equal').length
      const text = equal
        ? `Equal: ${plural(objects.length, 'object')} were compared.`
        : `${formatCount(different)} of ${plural(objects.length, 'object')} differ.`
      return <Outcome text={text} href={`/compare?job=${job.id}`} label="Open the comparison" />
    }
    case 'rows': {
      const { rows, more } = jobResults.rows.parse(result)
      const text =
        rows.length === 0
          ? 'The rows were handed out.'
          : `${plural(rows.length, 'row')} were read${more ? '; there are more' : ''}.`
      return <Outcome text={text} href={null} label="" />
    }
    case 'import': {
      const { id, origin } = jobResults.import.parse(result)
      return (
        <Outcome
          text={`The file is a backup now; its origin: ${origin}.`}
          href={`/backups/${id}`}
          label="Open the backup"
        />
      )
    }
    case 'rescan': {
      const { found, added, orphans } = jobResults.rescan.parse(result)
      const text = `${plural(found, 'backup')} found, ${formatCount(added)} of them new here; ${plural(orphans.length, 'file')} could not be read as one.`
      return <Outcome text={text} href="/backups" label="Show the backups" />
    }
  }
}

function Outcome({
  text,
  href,
  label,
}: {
  readonly text: string
  readonly href: string | null
  readonly label: string
}) {
  return (
    <Callout
      tone="ok"
      word="Done"
      actions={
        href === null ? undefined : (
          <LinkButton size="sm" href={href}>
            {label}
          </LinkButton>
        )
      }
    >
      {text}
    </Callout>
  )
}

function OfBackup({ backup }: { readonly backup: BackupDetail }) {
  const isProven = backup.badge === 'proven'
  return (
    <>
      <Callout
        tone={isProven ? 'proven' : backup.warnings.length === 0 ? 'ok' : 'warn'}
        word={backup.warnings.length === 0 ? 'Complete' : 'Complete, with warnings'}
        actions={
          <>
            <LinkButton size="sm" href={`/backups/${backup.id}`}>
              Open the backup
            </LinkButton>
            {isProven ? null : (
              <LinkButton size="sm" variant="primary" href={`/backups/${backup.id}/validate?level=restore`}>
                Test the restore…
              </LinkButton>
            )}
          </>
        }
      >
        {isProven
          ? 'It was restored and compared, table by table.'
          : 'Intact to the last byte when it was written. Whether it restores is shown by a restore test.'}
        {backup.warnings.map(({ code, message }) => (
          <p key={code + message} className="m-0">
            {message}
          </p>
        ))}
      </Callout>
    </>
  )
}

function OfValidation({ report }: { readonly report: ValidationReport }) {
  const { name, proves } = levels[report.level]
  const isPassed = report.outcome === 'passed'
  return (
    <>
      <Callout
        tone={isPassed ? (report.level === 'restore' ? 'proven' : 'ok') : report.outcome === 'failed' ? 'bad' : 'warn'}
        word={
          isPassed
            ? report.level === 'restore'
              ? 'Proven'
              : 'Passed'
            : report.outcome === 'failed'
              ? 'Failed'
              : 'Did not run'
        }
        actions={
          <LinkButton size="sm" href={`/backups/${report.backup}`}>
            Open the backup
          </LinkButton>
        }
      >
        {name}. {isPassed ? proves : 'The checks below say what was seen.'}
      </Callout>
      <CheckTable checks={report.checks} notCovered={report.notCovered} />
    </>
  )
}

function OfRestore({ result }: { readonly result: RestoreResult }) {
  const isPassed = result.outcome === 'passed'
  return (
    <>
      <Callout
        tone={isPassed ? 'ok' : result.outcome === 'failed' ? 'bad' : 'warn'}
        word={isPassed ? 'Done' : result.outcome === 'failed' ? 'Failed' : 'Did not run'}
        actions={
          <LinkButton size="sm" variant="primary" href={`/restores/${result.id}`}>
            Open the restore
          </LinkButton>
        }
      >
        {result.target.database} on {result.target.connection}
        {isPassed ? ' was compared with the backup, table by table.' : ': the checks below say what was seen.'}
      </Callout>
      <CheckTable checks={result.checks} notCovered={result.notCovered} />
    </>
  )
}
