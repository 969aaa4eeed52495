import type { SchemaVersion } from '../../../preload/contract/index.ts'
import { Callout } from '../../ui/callout.tsx'
import { isSameVersion, versionWords } from './structure-words.ts'

/** How far the migrations of both sides have come, in a sentence; nothing where neither has a known list of them. */
export function VersionPair({
  left,
  right,
  leftWord,
  rightWord,
}: {
  readonly left: SchemaVersion | null
  readonly right: SchemaVersion | null
  readonly leftWord: string
  readonly rightWord: string
}) {
  if (left === null && right === null) return null
  const isSame = isSameVersion(left, right)
  return (
    <Callout tone={isSame ? 'ok' : 'warn'} word="Schema version">
      {isSame ? 'Both are at ' : `${leftWord} `}
      <strong className="font-semibold">{versionWords(left)}</strong>
      {isSame ? null : (
        <>
          , {rightWord} <strong className="font-semibold">{versionWords(right)}</strong>
        </>
      )}
      .
    </Callout>
  )
}
