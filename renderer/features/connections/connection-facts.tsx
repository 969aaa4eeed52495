import type { Connection } from '../../../preload/contract/index.ts'
import { useMethod } from '../../lib/api.ts'
import { Box, Facts } from '../../ui/box.tsx'
import { Time } from '../../ui/time.tsx'
import { engineNames } from '../words/words.tsx'
import { formatBytes, plural } from '../../lib/format.ts'
import { formOf } from './profile.ts'
import { shownPath, sshText } from './ssh.ts'

/** What is stored of a connection. The password is said to be there, and never shown. */
export function ConnectionFacts({ connection }: { readonly connection: Connection }) {
  const secrets = useMethod('secrets.status', {})
  const form = formOf(connection)
  const code = (text: string) => <code className="font-mono text-sm break-all">{text}</code>
  const profile: readonly (readonly [string, string])[] =
    form.engine === 'sqlite'
      ? [['File', form.file === null ? '' : shownPath(form.file)]]
      : [
          ['Server', form.host],
          ['Port', form.port],
          ['User', form.user],
          ['Database', form.database],
          ['TLS', form.tls],
          ['Trusted certificates', form.caFile === null ? '' : shownPath(form.caFile)],
          ['Service', form.service],
          ['Through SSH', form.sshBy === 'none' ? '' : sshText(form)],
          ['SSH key', form.sshBy === 'key' && form.sshKey !== null ? shownPath(form.sshKey) : ''],
          ['SSH host key', form.sshBy === 'none' ? '' : form.sshHostKey],
        ]
  return (
    <Box padded>
      <Facts
        facts={[
          ['Engine', engineNames[connection.engine]],
          ['Environment', connection.environment],
          ...profile.filter(([, value]) => value !== '').map(([name, value]) => [name, code(value)] as const),
          ...(form.engine === 'sqlite' ? [] : [['Password', passwordText(connection, secrets.data?.store)] as const]),
          ['Goal', `a good backup younger than ${plural(connection.goalHours, 'hour')}`],
          ...(connection.minSizeBytes === undefined
            ? []
            : [['Smallest size', `${formatBytes(connection.minSizeBytes)}, checked at every level`] as const]),
          ...(connection.maxAgeHours === undefined
            ? []
            : [['Greatest age', `${plural(connection.maxAgeHours, 'hour')}, checked at every level`] as const]),
          ['Added', <Time key="added" at={connection.createdAt} />],
        ]}
      />
    </Box>
  )
}

/** Where the password comes from. */
export function passwordText({ secret }: Connection, store: 'keychain' | 'vault' | undefined): string {
  switch (secret.from) {
    case 'none':
      return 'none'
    case 'store':
      return store === 'keychain' ? 'stored in the keychain of the system' : 'stored in the encrypted vault'
    case 'command':
      return `printed by ${secret.argv.join(' ')}`
  }
}
