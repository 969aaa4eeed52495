import type { Compression } from '../../preload/contract/index.ts'

/** What the commands need to know. */
export interface ByHandRequest {
  /** Name of the artifact at its destination; its last part is the file's name. */
  readonly artifact: string
  readonly artifactSha256: string
  readonly compression: Compression
  readonly isEncrypted: boolean
  /** The engine's command that takes the plaintext on its standard input. */
  readonly engineCommand: string
}

/**
 * The commands with which a person restores a backup without this product, in the artifact's folder: check, then restore. With
 * the stock `age`, `zstd`, `gzip` and `sha256sum`; `holdfast-kit.age` is the file of the recovery kit (`age` asks for its passphrase).
 */
export function restoreByHand(request: ByHandRequest): readonly string[] {
  const file = quoteForShell(request.artifact.split('/').at(-1) ?? request.artifact)
  return [
    `echo '${request.artifactSha256}  '${file} | sha256sum --check`,
    [...decodeCommands(file, request), request.engineCommand].join(' | '),
  ]
}

function decodeCommands(file: string, { compression, isEncrypted }: ByHandRequest): readonly string[] {
  const unpack = { zstd: 'zstd -d', gzip: 'gzip -d', none: null }[compression.name]
  if (isEncrypted) return [`age -d -i holdfast-kit.age ${file}`, ...(unpack === null ? [] : [unpack])]
  return [unpack === null ? `cat ${file}` : `${unpack} -c ${file}`]
}

/** One word of a POSIX shell, whatever is in it. */
export function quoteForShell(word: string): string {
  if (/^[A-Za-z0-9_./:=@%+,][A-Za-z0-9_./:=@%+,-]*$/.test(word)) return word
  return `'${word.replaceAll("'", "'\\''")}'`
}
