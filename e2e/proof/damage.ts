import { appendFile, open, readFile, rename, rm, stat, truncate, writeFile } from 'node:fs/promises'
import { artifactOf, type BackupSeen } from './cli.ts'

/** Something that is done to stored files behind the program's back. */
export interface Damage {
  readonly name: string
  /** `other` is another backup at the same destination; damages that touch both say so. */
  readonly apply: (backup: BackupSeen, other: BackupSeen) => Promise<void>
  readonly hitsOther?: true
  readonly copyState: 'altered' | 'missing'
  /** What a failed check has to say. */
  readonly reason: RegExp
  /** Error of `restore plan`. */
  readonly refusal: RegExp
}

/** What every backup has to withstand, on one copy. */
export const damages: readonly Damage[] = [
  {
    name: 'cut by one byte',
    apply: async (backup) => truncate(artifactOf(backup), backup.artifactBytes - 1),
    copyState: 'altered',
    reason: /bytes, the manifest records/,
    refusal: /ARTIFACT_/,
  },
  { name: 'a bit flipped in the header', apply: (backup) => flipBit(artifactOf(backup), 30), ...alteredContent() },
  {
    name: 'a bit flipped in the middle',
    apply: async (backup) => flipBit(artifactOf(backup), Math.floor(backup.artifactBytes / 2)),
    ...alteredContent(),
  },
  {
    name: 'a bit flipped in the last chunk',
    apply: (backup) => flipBit(artifactOf(backup), backup.artifactBytes - 1),
    ...alteredContent(),
  },
  {
    name: 'one byte appended',
    apply: (backup) => appendFile(artifactOf(backup), 'x'),
    copyState: 'altered',
    reason: /bytes, the manifest records/,
    refusal: /ARTIFACT_/,
  },
  {
    name: 'artifacts exchanged with another backup',
    apply: (backup, other) => exchange(artifactOf(backup), artifactOf(other)),
    hitsOther: true,
    copyState: 'altered',
    reason: /bytes, the manifest records|SHA-256/,
    refusal: /ARTIFACT_/,
  },
  {
    name: 'manifests exchanged with another backup',
    apply: (backup, other) => exchange(manifestOf(backup), manifestOf(other)),
    hitsOther: true,
    copyState: 'altered',
    reason: /manifest.*belongs to another/,
    refusal: /MANIFEST_INVALID/,
  },
  {
    name: 'the manifest edited',
    apply: (backup) =>
      edit(manifestOf(backup), `"artifactSha256":"${backup.artifactSha256}"`, `"artifactSha256":"${'0'.repeat(64)}"`),
    copyState: 'altered',
    reason: /changed after it was signed|not the one that was written/,
    refusal: /SIGNATURE_INVALID|MANIFEST_INVALID/,
  },
  {
    name: 'the manifest cut',
    apply: async (backup) => truncate(manifestOf(backup), (await stat(manifestOf(backup))).size - 10),
    copyState: 'altered',
    reason: /manifest/i,
    refusal: /MANIFEST_INVALID/,
  },
  {
    name: 'the artifact deleted',
    apply: (backup) => rm(artifactOf(backup)),
    copyState: 'missing',
    reason: /not there/,
    refusal: /ARTIFACT_/,
  },
  {
    name: 'the manifest deleted',
    apply: (backup) => rm(manifestOf(backup)),
    copyState: 'missing',
    reason: /missing at its destination.*manifest/,
    refusal: /ARTIFACT_MISSING|MANIFEST_/,
  },
]

/** Where the manifest of a copy lies. */
export function manifestOf(backup: BackupSeen, destination = 'disk'): string {
  return `${artifactOf(backup, destination)}.manifest.json`
}

/** Turns the lowest bit of one byte around. */
export async function flipBit(path: string, offset: number): Promise<void> {
  const file = await open(path, 'r+')
  try {
    const byte = Buffer.alloc(1)
    const { bytesRead } = await file.read(byte, 0, 1, offset)
    if (bytesRead !== 1) throw new Error(`${path} has no byte ${String(offset)}.`)
    byte[0] = (byte[0] ?? 0) ^ 1
    await file.write(byte, 0, 1, offset)
  } finally {
    await file.close()
  }
}

/** Two files take each other's place. */
export async function exchange(a: string, b: string): Promise<void> {
  await rename(a, `${a}.aside`)
  await rename(b, a)
  await rename(`${a}.aside`, b)
}

/** Replaces text that has to be there, whatever the spaces of the JSON. */
export async function edit(path: string, from: string, to: string): Promise<void> {
  const text = await readFile(path, 'utf8')
  const loose = JSON.stringify(JSON.parse(text))
  if (!loose.includes(from)) throw new Error(`${path} does not hold ${from}.`)
  await writeFile(path, loose.replace(from, to))
}

function alteredContent(): Pick<Damage, 'copyState' | 'reason' | 'refusal'> {
  return { copyState: 'altered', reason: /SHA-256/, refusal: /ARTIFACT_/ }
}
