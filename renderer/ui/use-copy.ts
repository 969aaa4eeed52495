import { useEffect, useState } from 'react'

const shownMs = 4_000

/** How the last attempt to copy ended; `idle` some seconds later. */
export type CopyState = 'idle' | 'copied' | 'failed'

/** Copies text to the clipboard, and says whether that worked: a browser may refuse it. */
export function useCopy(): { readonly state: CopyState; readonly copy: (text: string) => void } {
  const [state, setState] = useState<CopyState>('idle')
  useEffect(() => {
    if (state === 'idle') return
    const timer = setTimeout(() => setState('idle'), shownMs)
    return () => clearTimeout(timer)
  }, [state])
  const copy = (text: string) => {
    navigator.clipboard.writeText(text).then(
      () => setState('copied'),
      () => setState('failed'),
    )
  }
  return { state, copy }
}
