import canonicalize from 'canonicalize'
import { AppError } from '../../preload/contract/index.ts'
import { fromArmor, decryptBytes, encryptToArmor } from './age-file.ts'
import { DecodeProblem } from './decode-problem.ts'
import { jsonPieces, utf8Of, type Spelling } from './json-pieces.ts'
import { fingerprintOf, isSignatureValid, type SigningKey } from './keys.ts'
import { Manifest, ManifestContents } from './manifest.ts'
import { keyMissing } from './read-artifact.ts'

/** A manifest may be this long; a longer file is refused unread. */
export const maximumManifestBytes = 64 * 1024 * 1024
/** Version of the manifest's format that is written here, and the highest that is read. */
const manifestVersion = 1 as const

/** Name of the manifest that belongs to an artifact. */
export function manifestNameOf(artifactName: string): string {
  return `${artifactName}.manifest.json`
}

/** Name of the artifact that a manifest belongs to; null where the name isn't a manifest's. */
export function artifactNameOf(manifestName: string): string | null {
  const suffix = '.manifest.json'
  return manifestName.endsWith(suffix) ? manifestName.slice(0, -suffix.length) : null
}

/** JSON with one spelling (RFC 8785): sorted keys, no spaces. What digests and signatures are computed over. */
export function canonicalJson(value: unknown): string {
  const text = canonicalize(value)
  if (text === undefined) throw new Error('the value has no JSON form')
  return text
}

/** The spelling of `canonicalJson`, for a document that is too large for one text. */
export const canonicalSpelling: Spelling = { of: canonicalJson, keys: (object) => Object.keys(object).toSorted() }

/** All of a manifest but what is computed here. */
export type ManifestDraft = Omit<Manifest, 'holdfast' | 'version' | 'encryption' | 'contents' | 'sealed' | 'signature'>

/** A manifest and the bytes of its file, the same at every destination. */
export interface ManifestFile {
  readonly manifest: Manifest
  readonly bytes: Uint8Array
}

/**
 * Builds and signs the manifest of an artifact. With recipients the contents are sealed to them; without, they stand in
 * the open. `TOO_LARGE` above 64 MiB.
 */
export async function createManifest(
  draft: ManifestDraft,
  contents: ManifestContents,
  recipients: readonly string[],
  key: SigningKey,
): Promise<ManifestFile> {
  const isSealed = recipients.length > 0
  const unsigned = {
    ...draft,
    holdfast: 'backup-manifest' as const,
    version: manifestVersion,
    encryption: isSealed
      ? { format: 'age' as const, recipients: [...recipients], fingerprints: recipients.map(fingerprintOf) }
      : null,
    contents: isSealed ? null : contents,
    sealed: isSealed ? await sealContents(contents, recipients) : null,
  }
  return signManifest(unsigned, key)
}

/** Signs what `unsigned` says (a signature in it is replaced) and checks that the result is a valid manifest. */
export function signManifest(unsigned: Omit<Manifest, 'signature'>, key: SigningKey): ManifestFile {
  const { publicKey } = key
  const signature = { algorithm: 'Ed25519' as const, publicKey, value: '' }
  const parsed = Manifest.parse({ ...unsigned, signature })
  const manifest = { ...parsed, signature: { ...signature, value: key.sign(signedBytes(parsed)) } }
  const bytes = utf8Of([JSON.stringify(manifest, null, 1), '\n'])
  if (bytes.length > maximumManifestBytes) {
    throw new AppError('TOO_LARGE', `The manifest would be ${bytes.length} bytes, more than ${maximumManifestBytes}.`, {
      remedy: 'Back up fewer objects at a time.',
    })
  }
  return { manifest, bytes }
}

/**
 * Reads the bytes of a manifest's file. The signature is valid, which says that nothing was changed since, and not who
 * signed: see `originOf`. `MANIFEST_INVALID`, `MANIFEST_TOO_NEW`, or `SIGNATURE_INVALID`.
 */
export function parseManifest(bytes: Uint8Array): Manifest {
  const { document, signed } = parseDocument(bytes)
  refuseNewer(document)
  const result = Manifest.safeParse(document)
  if (!result.success) {
    const [issue] = result.error.issues
    throw invalid(`${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'not a manifest'}`)
  }
  const manifest = result.data
  if (manifest.contents !== null && manifest.sealed !== null) throw invalid('both contents and sealed are set')
  if (manifest.contents === null && manifest.sealed === null) throw invalid('neither contents nor sealed is set')
  if ((manifest.sealed !== null) !== (manifest.encryption !== null)) throw invalid('sealed and encryption disagree')
  const { publicKey, value } = manifest.signature
  // The signature covers the document as it was written, with fields that this version doesn't know.
  if (!isSignatureValid(publicKey, value, signed)) {
    throw new AppError('SIGNATURE_INVALID', 'The manifest was changed after it was signed.', {
      remedy: 'Use another copy of this backup, or import its artifact as one of unknown origin.',
    })
  }
  return manifest
}

/**
 * The manifest's contents, opened with one of the identities where they are sealed. `KEY_MISSING` names the key that is
 * needed; `MANIFEST_INVALID` where what is sealed isn't readable.
 */
export async function openContents(manifest: Manifest, identities: readonly string[]): Promise<ManifestContents> {
  if (manifest.contents !== null) return manifest.contents
  let plain: Uint8Array | null
  try {
    plain = await decryptBytes(fromArmor(manifest.sealed ?? ''), identities)
  } catch (error) {
    if (error instanceof DecodeProblem) throw invalid(`sealed: ${error.message}`)
    throw error
  }
  if (plain === null) throw keyMissing(manifest)
  const result = ManifestContents.safeParse(parseJson(plain))
  if (!result.success) throw invalid('sealed: what is in it is not the contents of a manifest')
  return result.data
}

/** The contents as an armored age file that each of `recipients` can open. */
export async function sealContents(contents: ManifestContents, recipients: readonly string[]): Promise<string> {
  return encryptToArmor(jsonPieces(contents), recipients)
}

function signedBytes(document: object): Uint8Array {
  const { signature: _signature, ...signed } = document as Record<string, unknown>
  return utf8Of(jsonPieces(signed, canonicalSpelling))
}

/** The document, and what of it is signed. */
function parseDocument(bytes: Uint8Array): { readonly document: object; readonly signed: Uint8Array } {
  if (bytes.length > maximumManifestBytes) throw invalid(`it is longer than ${maximumManifestBytes} bytes`)
  const document = parseJson(bytes)
  if (document === null || typeof document !== 'object' || Array.isArray(document))
    throw invalid('it is not a JSON object')
  try {
    return { document, signed: signedBytes(document) }
  } catch (error) {
    throw invalid(error instanceof Error ? error.message : String(error))
  }
}

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes))
  } catch (error) {
    throw invalid(error instanceof Error ? error.message : String(error))
  }
}

function refuseNewer(document: object): void {
  if (!('holdfast' in document) || document.holdfast !== 'backup-manifest') throw invalid('it is not a backup manifest')
  const version = 'version' in document ? document.version : null
  if (typeof version !== 'number' || !Number.isInteger(version) || version < 1)
    throw invalid('it has no format version')
  if (version <= manifestVersion) return
  const writtenBy = 'appVersion' in document && typeof document.appVersion === 'string' ? document.appVersion : null
  const wanted =
    writtenBy !== null && /^[0-9A-Za-z.+-]{1,40}$/.test(writtenBy) ? `Holdfast ${writtenBy}` : 'a newer Holdfast'
  throw new AppError(
    'MANIFEST_TOO_NEW',
    `The manifest has format ${version}; this version reads formats up to ${manifestVersion}.`,
    { remedy: `Use ${wanted} or later.` },
  )
}

function invalid(detail: string): AppError {
  return new AppError('MANIFEST_INVALID', 'This is not a readable backup manifest.', {
    detail: detail.slice(0, 500),
    remedy: 'Use another copy of this backup.',
  })
}
