import { Check, Copy } from 'lucide-react'
import { useEffect, useState } from 'react'
import { Button } from './button.tsx'

/** Text to be copied, set as code. Long lines break. */
export function Code({ children, label }: { readonly children: string; readonly label: string }) {
  const [isCopied, setCopied] = useState(false)
  useEffect(() => {
    if (!isCopied) return
    const timer = setTimeout(() => setCopied(false), 2_000)
    return () => clearTimeout(timer)
  }, [isCopied])
  return (
    <div className="flex items-start gap-2 rounded-md border border-line bg-surface-2 py-1 pr-1 pl-3">
      <code className="min-w-0 flex-1 py-1 font-mono text-[12px]/[1.55] break-words whitespace-pre-wrap text-ink-2 select-all">
        {children}
      </code>
      <Button
        variant="quiet"
        size="icon"
        aria-label={isCopied ? 'Copied' : `Copy ${label}`}
        onPress={() => void navigator.clipboard.writeText(children).then(() => setCopied(true))}
      >
        {isCopied ? <Check size={14} aria-hidden /> : <Copy size={14} aria-hidden />}
      </Button>
    </div>
  )
}
