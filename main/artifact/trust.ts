import type { Origin } from '../../preload/contract/index.ts'
import type { Manifest } from './manifest.ts'

/** Public keys (base64, as in manifests) whose signatures mean something here. */
export interface TrustedKeys {
  /** This installation's. */
  readonly own: string
  /** Of installations whose recovery kit was imported here. */
  readonly adopted: readonly string[]
  readonly colleagues: readonly string[]
}

/** Who signed a manifest whose signature is valid (`parseManifest` has seen to that). */
export function originOf(manifest: Pick<Manifest, 'signature'>, trusted: TrustedKeys): Origin {
  const { publicKey } = manifest.signature
  if (publicKey === trusted.own) return 'own'
  if (trusted.adopted.includes(publicKey)) return 'adopted'
  if (trusted.colleagues.includes(publicKey)) return 'colleague'
  return 'unknown'
}
