/** A kind of file that is known, but not read. */
export interface ForeignKind {
  /** Completes "It is …". */
  readonly what: string
  readonly isEncrypted: boolean
  /** What makes a file of it that can be imported. */
  readonly remedy: string
}

interface Known extends ForeignKind {
  readonly is: (head: Buffer) => boolean
}

const thenImport = 'and import what comes out.'

/** Kinds by their first bytes, the more special ones first. */
const known: readonly Known[] = [
  {
    what: 'encrypted with age, and its manifest is not beside it',
    isEncrypted: true,
    remedy: `Put the manifest (….manifest.json) beside it; or decrypt it: age --decrypt --identity KEYFILE --output OUT IN, ${thenImport}`,
    is: (head) => begins(head, 'age-encryption.org/v1\n') || begins(head, '-----BEGIN AGE ENCRYPTED FILE-----'),
  },
  {
    what: 'encrypted with gpg (OpenPGP)',
    isEncrypted: true,
    remedy: `Decrypt it: gpg --output OUT --decrypt IN, ${thenImport}`,
    is: (head) => begins(head, '-----BEGIN PGP MESSAGE-----') || isOpenPgp(head),
  },
  {
    what: 'encrypted with openssl enc',
    isEncrypted: true,
    remedy: `Decrypt it with the cipher it was made with: openssl enc -d -aes-256-cbc -pbkdf2 -in IN -out OUT, ${thenImport}`,
    is: (head) =>
      begins(head, 'Salted__') || /^U2FsdGVkX1[89+/][A-Za-z0-9+/=\r\n]{10}/.test(head.toString('latin1', 0, 40)),
  },
  {
    what: 'a zip archive with a password',
    isEncrypted: true,
    remedy: `Unpack it: 7z x IN (or unzip, for the old encryption), ${thenImport}`,
    is: (head) => isZip(head) && (head.readUInt16LE(6) & 1) === 1,
  },
  { what: 'a zip archive', isEncrypted: false, remedy: `Unpack it: unzip IN, ${thenImport}`, is: isZip },
  {
    what: 'a 7z archive; with a password or without can be seen by 7z alone',
    isEncrypted: true,
    remedy: `Unpack it: 7z x IN, ${thenImport}`,
    is: (head) => starts(head, [0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c]),
  },
  {
    what: 'a rar archive',
    isEncrypted: false,
    remedy: `Unpack it: unrar x IN, ${thenImport}`,
    is: (head) => begins(head, 'Rar!\u001a\u0007'),
  },
  {
    what: 'compressed with xz',
    isEncrypted: false,
    remedy: `Decompress it: xz --decompress --keep IN, ${thenImport}`,
    is: (head) => starts(head, [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0]),
  },
  {
    what: 'compressed with bzip2',
    isEncrypted: false,
    remedy: `Decompress it: bzip2 --decompress --keep IN, ${thenImport}`,
    is: (head) => /^BZh[1-9]1AY&SY/.test(head.toString('latin1', 0, 10)),
  },
  {
    what: 'compressed with lz4',
    isEncrypted: false,
    remedy: `Decompress it: lz4 -d IN OUT, ${thenImport}`,
    is: (head) => starts(head, [0x04, 0x22, 0x4d, 0x18]),
  },
  {
    what: 'a dump of pg_dump in the tar format',
    isEncrypted: false,
    remedy: `Turn it into a script, with no server: pg_restore --file=OUT.sql IN, ${thenImport}`,
    is: (head) => isTar(head) && begins(head, 'toc.dat\0'),
  },
  { what: 'a tar archive', isEncrypted: false, remedy: `Unpack it: tar -xf IN, ${thenImport}`, is: isTar },
]

/** What a file is that no engine reads, by its content; null where that isn't known either. Pure. */
export function foreignKind(head: Uint8Array): ForeignKind | null {
  const bytes = Buffer.from(head)
  const found = known.find(({ is }) => is(bytes))
  return found === undefined ? null : { what: found.what, isEncrypted: found.isEncrypted, remedy: found.remedy }
}

function begins(head: Buffer, text: string): boolean {
  return head.toString('latin1', 0, text.length) === text
}

function starts(head: Buffer, bytes: readonly number[]): boolean {
  return head.subarray(0, bytes.length).equals(Buffer.from(bytes))
}

function isZip(head: Buffer): boolean {
  return head.length >= 30 && starts(head, [0x50, 0x4b, 3, 4])
}

function isTar(head: Buffer): boolean {
  return head.length >= 512 && head.toString('latin1', 257, 262) === 'ustar'
}

/** A session key for a public key (tag 1) or a passphrase (tag 3): https://www.rfc-editor.org/rfc/rfc9580, sections 4.2, 5.1 and 5.3. */
function isOpenPgp(head: Buffer): boolean {
  const [tag = 0, length = 0] = head
  const isNew = (tag & 0xc0) === 0xc0
  if ((tag & 0x80) === 0 || head.length < 8) return false
  const kind = isNew ? tag & 0x3f : (tag & 0x3c) >> 2
  const versionAt = isNew ? (length < 192 ? 2 : length < 224 ? 3 : 6) : 1 + 2 ** (tag & 3)
  const version = head[versionAt]
  return (kind === 1 && (version === 3 || version === 6)) || (kind === 3 && (version === 4 || version === 6))
}
