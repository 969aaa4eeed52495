import { createHash } from 'node:crypto'
import { AppError, type SshHostKey } from '../../preload/contract/index.ts'

/** The fingerprint of a host key as `ssh-keygen -l` prints it. `blob` is the key as it goes over the wire. Pure. */
export function fingerprintOf(blob: Uint8Array): string {
  return `SHA256:${createHash('sha256').update(blob).digest('base64').replace(/=+$/, '')}`
}

/** Fingerprint and kind (`ssh-ed25519`) of a host key. The blob begins with the length and name of its kind (RFC 4253, 6.6). Pure. */
export function describeHostKey(blob: Buffer): SshHostKey {
  const length = blob.length < 4 ? 0 : blob.readUInt32BE(0)
  const keyType = blob.subarray(4, 4 + Math.min(length, 64)).toString('latin1')
  return { fingerprint: fingerprintOf(blob), keyType }
}

/** Nobody said yet which host key is the right one. Pure. */
export function hostKeyUnknown(server: string, { fingerprint, keyType }: SshHostKey): AppError {
  return new AppError('HOST_KEY_UNKNOWN', `The host key of the SSH server ${server} was not accepted yet.`, {
    detail: `${keyType} ${fingerprint}`,
    remedy: `Compare it with what \`ssh-keygen -lf\` prints on that server, then accept it: --ssh-host-key ${fingerprint}`,
  })
}

/** The server showed another key than the accepted one. Pure. */
export function hostKeyChanged(server: string, pinned: string, { fingerprint, keyType }: SshHostKey): AppError {
  const message = `The SSH server ${server} has another host key than the one that was accepted; nothing was sent to it.`
  return new AppError('HOST_KEY_CHANGED', message, {
    detail: `accepted: ${pinned}\nshown: ${fingerprint} (${keyType})`,
    remedy: `Somebody may be in between. Ask who runs the server; where its key really changed, accept the new one: holdfast connection edit … --ssh-host-key ${fingerprint}`,
  })
}
