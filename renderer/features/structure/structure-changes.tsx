import { useState } from 'react'
import type { StructureChange, StructureChangeKind } from '../../../preload/contract/index.ts'
import { cx } from '../../lib/class-names.ts'
import { formatCount } from '../../lib/format.ts'
import { Button } from '../../ui/button.tsx'
import { changeSign, kindWords, showsDefinitions } from './structure-words.ts'

const firstShown = 20

const colours = { '+': 'text-ok', '−': 'text-bad', '~': 'text-warn' } as const

/** What differs between two structures of one object, a line each; definitions that differ stand under it as they are. */
export function StructureChanges({
  object,
  changes,
  leftWord,
  rightWord,
}: {
  readonly object: string
  readonly changes: readonly StructureChange[]
  /** What the two sides are: `Backup`, `Now`. */
  readonly leftWord: string
  readonly rightWord: string
}) {
  const [shown, setShown] = useState(firstShown)
  return (
    <div className="flex flex-col gap-2 py-2">
      <ul aria-label={`Structure of ${object}`} className="m-0 flex list-none flex-col gap-1 p-0">
        {changes.slice(0, shown).map((change, index) => {
          const sign = changeSign(change)
          return (
            // Two lines may say the same.
            <li key={`${String(index)} ${change.sentence}`} className="flex gap-2 text-sm">
              <span aria-hidden className={cx('w-3 shrink-0 text-center font-mono font-semibold', colours[sign])}>
                {sign}
              </span>
              <span className="w-28 shrink-0 text-ink-3 max-sm:w-20">{wordOf(change.kind)}</span>
              <div className="min-w-0 flex-1 wrap-anywhere">
                {change.sentence}
                {showsDefinitions(change) ? (
                  <div className="mt-1 grid grid-cols-2 gap-2 max-md:grid-cols-1">
                    <Definition word={leftWord} text={change.left} />
                    <Definition word={rightWord} text={change.right} />
                  </div>
                ) : null}
              </div>
            </li>
          )
        })}
      </ul>
      {changes.length > shown ? (
        <Button size="sm" className="self-start" onPress={() => setShown(changes.length)}>
          Show {formatCount(changes.length - shown)} more
        </Button>
      ) : null}
    </div>
  )
}

function Definition({ word, text }: { readonly word: string; readonly text: string | null }) {
  return (
    <div className="min-w-0">
      <span className="text-ink-3">{word}</span>
      <pre className="m-0 max-h-60 overflow-auto rounded-md border border-line bg-surface-2 px-2.5 py-1.5 font-mono text-[12px]/[1.5] whitespace-pre-wrap">
        {text}
      </pre>
    </div>
  )
}

function wordOf(kind: StructureChangeKind): string {
  return kindWords[kind]
}
