import { useState } from 'react'
import { toAppError, type PickedPath } from '../../../preload/contract/index.ts'
import { useAction } from '../../lib/api.ts'
import { cliCommand } from '../../lib/cli-command.ts'
import { Section } from '../../ui/box.tsx'
import { Button } from '../../ui/button.tsx'
import { Code } from '../../ui/code.tsx'
import { CliEquivalent } from '../commands/cli-equivalent.tsx'
import { ErrorNotice } from '../errors/error-notice.tsx'
import { PathField } from '../paths/path-field.tsx'

/** A file for whoever looks into a problem. */
export function Diagnostics() {
  const [folder, setFolder] = useState<PickedPath | null>(null)
  const write = useAction('app.diagnostics')
  return (
    <Section title="Diagnostics" note="versions, checks and codes of failed jobs: no passwords, no names, no rows">
      <div className="flex max-w-2xl flex-col gap-3">
        <PathField
          label="Folder for the file"
          request={{ purpose: 'folder', title: 'Where to write the diagnostics', suggestedName: null }}
          value={folder}
          onChange={setFolder}
        />
        <div className="flex flex-wrap items-center gap-3">
          <Button
            isPending={write.isPending}
            isDisabled={folder === null}
            onPress={() => {
              if (folder !== null) write.mutate({ directory: { picked: folder.picked } })
            }}
          >
            Write the file
          </Button>
          {folder === null ? <span className="text-sm text-ink-3">Choose a folder first.</span> : null}
        </div>
        {write.error === null ? null : <ErrorNotice error={toAppError(write.error)} />}
        {write.data === undefined ? null : (
          <>
            <p role="status">Written. Look through it before you send it.</p>
            <Code label="the path of the diagnostics">{write.data.file}</Code>
          </>
        )}
        <CliEquivalent command={cliCommand(['diagnostics', folder?.path ?? '.'])} />
      </div>
    </Section>
  )
}
