import type { LintReport } from '../../../preload/contract/index.ts'
import { plural } from '../../lib/format.ts'
import { Section } from '../../ui/box.tsx'
import { Callout } from '../../ui/callout.tsx'
import { Status, type Tone } from '../../ui/status.tsx'

const severities: Readonly<Record<LintReport['findings'][number]['severity'], readonly [tone: Tone, word: string]>> = {
  error: ['bad', 'Refused'],
  warning: ['warn', 'Warning'],
  info: ['none', 'Note'],
}

/** What a script would do that may do harm, and what to do about it. Nothing of it was run. */
export function Findings({ report }: { readonly report: LintReport }) {
  const errors = report.findings.filter(({ severity }) => severity === 'error').length
  return (
    <Section title="What is in it" note={`recognised as ${report.format}`}>
      {report.findings.length === 0 ? (
        <Callout tone="ok" word="Nothing found">
          {report.format === 'plain'
            ? 'The script was read to its end: nothing in it runs programs, reads files or reaches other servers.'
            : 'This is not a script: restoring it runs no commands of its own.'}
        </Callout>
      ) : (
        <>
          {errors === 0 ? null : (
            <Callout tone="bad" word="Refused">
              {plural(errors, 'finding')} of this kind: the file is neither taken in nor restored as it is.
            </Callout>
          )}
          <ul aria-label="Findings" className="m-0 mt-3 list-none rounded-lg border border-line bg-surface p-0">
            {report.findings.map((finding) => (
              <li
                key={`${finding.code} ${finding.message}`}
                className="flex flex-wrap gap-x-4 gap-y-1 border-b border-line px-3.5 py-2.5 last:border-b-0"
              >
                <span className="w-24">
                  <Status tone={severities[finding.severity][0]}>{severities[finding.severity][1]}</Status>
                </span>
                <div className="min-w-60 flex-1">
                  <p className="m-0 font-medium break-words">{finding.message}</p>
                  <p className="m-0 text-ink-2">{finding.fix}</p>
                </div>
                <code className="text-sm text-ink-3">{finding.code}</code>
              </li>
            ))}
          </ul>
        </>
      )}
    </Section>
  )
}
