import { z } from 'zod'
import { PickedPath, SshFingerprint, SshReach, type SecretInput } from '../../../preload/contract/index.ts'
import type { CliOptions } from '../../lib/cli-command.ts'

/** How one logs in on the SSH server; `none`: the database is reached without one. */
export const SshLoginKind = z.enum(['none', 'key', 'agent', 'password'])
export type SshLoginKind = z.infer<typeof SshLoginKind>

/** A file: picked in this window, or as it is stored already. */
export const FileChoice = z.union([PickedPath, z.object({ stored: z.string() })])
export type FileChoice = z.infer<typeof FileChoice>

/** The path, to be shown. */
export function shownPath(choice: FileChoice): string {
  return 'stored' in choice ? choice.stored : choice.path
}

/** The path, to be sent: a picked one by its id. */
export function pathInput(choice: FileChoice): unknown {
  return 'stored' in choice ? choice.stored : { picked: choice.picked }
}

/** The fields of an SSH tunnel, as they are typed. Without secrets. */
export const sshShape = {
  sshBy: SshLoginKind,
  sshHost: z.string(),
  sshPort: z.string(),
  sshUser: z.string(),
  sshKey: FileChoice.nullable(),
  /** The fingerprint that a person accepted; empty: none yet. */
  sshHostKey: z.string(),
}

/** The form of a tunnel. */
export const SshForm = z.object(sshShape)
export type SshForm = z.infer<typeof SshForm>

/** No tunnel. */
export const noSsh: SshForm = { sshBy: 'none', sshHost: '', sshPort: '', sshUser: '', sshKey: null, sshHostKey: '' }

/** What is missing of a tunnel, field by field. */
export function sshIssues(form: SshForm): readonly { readonly field: keyof SshForm; readonly message: string }[] {
  if (form.sshBy === 'none') return []
  const issues: { field: keyof SshForm; message: string }[] = []
  const isName = (text: string) => text !== '' && !/\s/.test(text)
  if (!isName(form.sshHost)) issues.push({ field: 'sshHost', message: 'Type the name or address of the SSH server.' })
  if (sshPort(form) === null) issues.push({ field: 'sshPort', message: 'A port is a number from 1 to 65535.' })
  if (!isName(form.sshUser)) issues.push({ field: 'sshUser', message: 'Type the user who logs in there.' })
  if (form.sshBy === 'key' && form.sshKey === null) {
    issues.push({ field: 'sshKey', message: 'Choose the file of the private key.' })
  }
  if (!SshFingerprint.safeParse(form.sshHostKey).success) {
    issues.push({ field: 'sshHostKey', message: 'Ask for the host key, compare it, and accept it.' })
  }
  return issues
}

/** The port as a number; null where it is none. */
export function sshPort({ sshPort: typed }: Pick<SshForm, 'sshPort'>): number | null {
  if (typed === '') return 22
  const port = Number(typed)
  return /^\d{1,5}$/.test(typed) && port >= 1 && port <= 65_535 ? port : null
}

/** The tunnel as the application wants it; null: none. */
export function sshProfile(form: SshForm): Record<string, unknown> | null {
  if (form.sshBy === 'none') return null
  return {
    host: form.sshHost,
    port: sshPort(form) ?? form.sshPort,
    user: form.sshUser,
    ...(form.sshBy === 'key' && form.sshKey !== null ? { identityFile: pathInput(form.sshKey) } : {}),
    agent: form.sshBy === 'agent',
    ...(form.sshHostKey === '' ? {} : { hostKey: form.sshHostKey }),
  }
}

/** The form of a tunnel that is stored. */
export function sshFormOf(profile: Readonly<Record<string, unknown>>): SshForm {
  const parsed = SshReach.safeParse(profile['ssh'])
  if (!parsed.success) return noSsh
  const { host, port, user, identityFile, agent, hostKey = '' } = parsed.data
  return {
    sshBy: identityFile === undefined ? (agent ? 'agent' : 'password') : 'key',
    sshHost: host,
    sshPort: port === 22 ? '' : String(port),
    sshUser: user,
    sshKey: identityFile === undefined ? null : { stored: identityFile },
    sshHostKey: hostKey,
  }
}

/** The flags of `connection add` and `edit`. A password or passphrase is asked for there. */
export function sshOptions(form: SshForm): CliOptions {
  if (form.sshBy === 'none') return {}
  return {
    'ssh-host': form.sshHost || null,
    'ssh-port': form.sshPort || null,
    'ssh-user': form.sshUser || null,
    'ssh-identity': form.sshBy === 'key' && form.sshKey !== null ? shownPath(form.sshKey) : null,
    'ssh-agent': form.sshBy === 'agent',
    'ssh-host-key': form.sshHostKey || null,
  }
}

/** `backup@bastion:22`. */
export function sshText(form: SshForm): string {
  return `${form.sshUser}@${form.sshHost}:${String(sshPort(form) ?? form.sshPort)}`
}

/** The password or passphrase as it is sent; null: what is stored stays. Who logs in by the agent needs none. */
export function sshSecretOf({ sshBy }: Pick<SshForm, 'sshBy'>, typed: string, hasStored: boolean): SecretInput | null {
  if (sshBy === 'none') return null
  if (sshBy === 'agent') return hasStored ? { from: 'none' } : null
  return typed === '' ? null : { from: 'value', value: typed }
}
