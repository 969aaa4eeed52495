import { Check, Copy } from 'lucide-react'
import { Button } from './button.tsx'
import { useCopy } from './use-copy.ts'

/** Text to be copied, set as code. Long lines break. A click selects all of it, also where nothing may be put on the clipboard. */
export function Code({ children, label }: { readonly children: string; readonly label: string }) {
  const { state, copy } = useCopy()
  return (
    <div className="flex flex-wrap items-start gap-2 rounded-md border border-line bg-surface-2 py-1 pr-1 pl-3">
      <code className="min-w-0 flex-1 py-1 font-mono text-[12px]/[1.55] break-words whitespace-pre-wrap text-ink-2 select-all">
        {children}
      </code>
      <Button
        variant="quiet"
        size="icon"
        aria-label={state === 'copied' ? 'Copied' : `Copy ${label}`}
        onPress={() => copy(children)}
      >
        {state === 'copied' ? <Check size={14} aria-hidden /> : <Copy size={14} aria-hidden />}
      </Button>
      {state === 'failed' ? (
        <span role="alert" className="w-full pb-1 text-sm text-bad">
          It could not be copied. Click the text, which selects it, and copy it with the keyboard.
        </span>
      ) : null}
    </div>
  )
}
