import type { AppInfo } from '../../../preload/contract/index.ts'
import { useMethod } from '../../lib/api.ts'
import { Box, Facts, Section } from '../../ui/box.tsx'
import { Code } from '../../ui/code.tsx'
import { Say } from '../../ui/page.tsx'
import { QueryState } from '../errors/query-state.tsx'
import { Diagnostics } from './diagnostics.tsx'

const hosts: Readonly<Record<AppInfo['host'], string>> = {
  desktop: 'Desktop application',
  browser: 'In a browser, from this machine',
  cli: 'Command line',
}
const systems: Readonly<Record<string, string>> = { linux: 'Linux', darwin: 'macOS', win32: 'Windows' }

/** Which Holdfast this is, and where its own data lies. */
export function AboutSection() {
  const info = useMethod('app.info', {})
  return (
    <QueryState query={info} what="what this is">
      {(found) => (
        <>
          <Say small="Its own data are the catalog, the audit log, the settings and the logs of the jobs. Backups lie at the destinations and can be read without any of it.">
            Holdfast {found.version} keeps its own data in one folder.
          </Say>
          <Section title="Data folder">
            <Code label="the path of the data folder">{found.home}</Code>
          </Section>
          <Section title="About">
            <Box padded className="max-w-2xl">
              <Facts
                facts={[
                  ['Version', found.version],
                  ['Runs as', hosts[found.host]],
                  ['System', systems[found.platform] ?? found.platform],
                  ['Written in the audit log as', found.actor],
                  ['License', 'Apache-2.0'],
                ]}
              />
            </Box>
          </Section>
          <Section title="For a report" note="paste this into it">
            <Code label="the facts for a report">
              {`Holdfast ${found.version}\nhost ${found.host}, ${found.platform}\n${navigator.userAgent}`}
            </Code>
          </Section>
          <Diagnostics />
        </>
      )}
    </QueryState>
  )
}
