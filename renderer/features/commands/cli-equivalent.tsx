import { Code } from '../../ui/code.tsx'
import { Section } from '../../ui/box.tsx'

/** The command that does the same in a terminal. Stands on every step that acts. */
export function CliEquivalent({ command }: { readonly command: string }) {
  return (
    <Section title="The same on the command line">
      <Code label="the command">{command}</Code>
    </Section>
  )
}
