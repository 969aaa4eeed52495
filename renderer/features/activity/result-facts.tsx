import { BackupDetail, ValidationReport, type Job } from '../../../preload/contract/index.ts'
import { formatBytes, formatDuration, formatRatio, plural } from '../../lib/format.ts'
import { Box, Facts, Section } from '../../ui/box.tsx'
import { BadgeWord } from '../words/words.tsx'

/** The figures of a result: what a backup holds, or how long the phases took. Nothing where a result has none. */
export function ResultFacts({ job, result }: { readonly job: Job; readonly result: unknown }) {
  if (job.kind === 'backup') {
    const backup = BackupDetail.safeParse(result).data
    return backup === undefined ? null : <OfBackup backup={backup} />
  }
  const phases = ValidationReport.pick({ phases: true }).safeParse(result).data?.phases ?? []
  if (phases.length === 0) return null
  return (
    <Section title="Time by phase">
      <Box padded>
        <Facts facts={phases.map(({ name, durationMs }) => [name, formatDuration(durationMs)] as const)} />
      </Box>
    </Section>
  )
}

function OfBackup({ backup }: { readonly backup: BackupDetail }) {
  const tables = backup.objects.filter(({ kind }) => kind === 'table')
  const rows = tables.reduce((sum, table) => sum + (table.rows ?? 0), 0)
  const smaller = formatRatio(backup.plaintextBytes, backup.artifactBytes)
  return (
    <Section title="Result">
      <Box padded>
        <Facts
          facts={[
            ['Holds', `${plural(tables.length, 'table')}, ${plural(rows, 'row')}`],
            ['Read', size(backup.plaintextBytes)],
            ['Stored', `${size(backup.artifactBytes)}${smaller === null ? '' : ` (${smaller} smaller)`}`],
            ['Encrypted', backup.encrypted ? 'yes' : 'no'],
            ['Trust', <BadgeWord key="badge" badge={backup.badge} />],
            ['Copies', backup.copies.map(({ destination, state }) => `${destination}: ${state}`).join(', ')],
            [
              'SHA-256',
              <span key="digest" className="font-mono text-[12px] break-all">
                {backup.artifactSha256 ?? '–'}
              </span>,
            ],
          ]}
        />
      </Box>
    </Section>
  )
}

function size(bytes: number | null): string {
  return bytes === null ? 'not known' : formatBytes(bytes)
}
