import type { KeyStatus } from '../../../preload/contract/index.ts'
import { cliCommand } from '../../lib/cli-command.ts'
import { Box, Facts } from '../../ui/box.tsx'
import { LinkButton } from '../../ui/button.tsx'
import { Callout } from '../../ui/callout.tsx'
import { Say } from '../../ui/page.tsx'
import { Status } from '../../ui/status.tsx'
import { CliEquivalent } from '../commands/cli-equivalent.tsx'
import type { KeyDone } from './keys-section.tsx'

const results: Readonly<Record<KeyDone, string>> = {
  proven: 'The kit was opened with your passphrase, and decrypted what the key had encrypted.',
  imported: 'The key was taken over. Backups that it encrypts can be opened here.',
}

/** Whether there is a key, and whether it would survive this machine. */
export function KeyState({ status, done }: { readonly status: KeyStatus; readonly done: KeyDone | null }) {
  const { fingerprint, isKitVerified } = status
  return (
    <>
      <Say small={explained(status)}>{sentence(status)}</Say>
      {done === null ? null : (
        <Callout tone="ok" word="Done">
          {results[done]}
        </Callout>
      )}
      <Box padded className="max-w-2xl">
        <Facts
          facts={[
            ['Key', fingerprint === null ? 'none yet' : <Mono key="key">{fingerprint}</Mono>],
            ...(status.recipient === null
              ? []
              : [['Encrypts to', <Mono key="recipient">{status.recipient}</Mono>] as const]),
            [
              'Recovery kit',
              <Status key="kit" tone={isKitVerified ? 'ok' : 'none'}>
                {isKitVerified ? 'Saved and proven' : 'Not yet'}
              </Status>,
            ],
            ['New backups are', isKitVerified ? 'encrypted' : 'not encrypted'],
          ]}
        />
      </Box>
      <div className="flex flex-wrap gap-2">
        <LinkButton href="/settings?section=keys&step=create" variant={isKitVerified ? 'default' : 'primary'}>
          {fingerprint === null ? 'Create and save the key…' : 'Save a kit…'}
        </LinkButton>
        {fingerprint === null ? null : <LinkButton href="/settings?section=keys&step=prove">Prove a kit…</LinkButton>}
        <LinkButton href="/settings?section=keys&step=import">Take over a key from a kit…</LinkButton>
      </div>
      {fingerprint === null ? null : <CliEquivalent command={cliCommand(['key', 'verify'])} />}
    </>
  )
}

function Mono({ children }: { readonly children: string }) {
  return <span className="font-mono text-[12px] break-all select-all">{children}</span>
}

function sentence({ fingerprint, isKitVerified }: KeyStatus): string {
  if (fingerprint === null) return 'There is no key yet: backups are not encrypted.'
  return isKitVerified
    ? 'Your key is saved: its recovery kit was proven.'
    : 'Your key is on this machine alone: its recovery kit is not proven yet.'
}

function explained({ isKitVerified }: KeyStatus): string {
  return isKitVerified
    ? 'Backups are encrypted with it. Keep the kit and its passphrase apart from this machine, and apart from each other.'
    : 'Backups are encrypted from the moment on when a kit is saved and proven, so that you cannot lock yourself out.'
}
