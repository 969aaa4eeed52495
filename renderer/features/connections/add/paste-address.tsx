import { useState } from 'react'
import { Button } from '../../../ui/button.tsx'
import { TextField } from '../../../ui/fields.tsx'
import { looksLikeAddress, parseConnectionUrl, type ConnectionAddress } from '../connection-url.ts'

/** Takes a whole address apart. A pasted one never stands in the field: it may hold a password. */
export function PasteAddress({ onRead }: { readonly onRead: (address: ConnectionAddress) => void }) {
  const [text, setText] = useState('')
  const [problem, setProblem] = useState<string | undefined>()
  const [done, setDone] = useState('')
  const read = (given: string) => {
    const parsed = parseConnectionUrl(given)
    setProblem(parsed.ok ? undefined : parsed.problem)
    if (!parsed.ok) return
    setText('')
    setDone(saidOf(parsed.address))
    onRead(parsed.address)
  }
  return (
    <div className="flex flex-col gap-1">
      <div className="flex items-end gap-2">
        <TextField
          label="Paste an address (optional)"
          value={text}
          onChange={(value) => {
            setText(value)
            setProblem(undefined)
          }}
          onPaste={(event) => {
            const pasted = event.clipboardData.getData('text')
            if (!looksLikeAddress(pasted)) return
            event.preventDefault()
            read(pasted)
          }}
          placeholder="postgres://user:password@host:5432/database"
          autoComplete="off"
          spellCheck="false"
          isCode
          className="min-w-0 flex-1"
        />
        <Button className="h-[34px]" isDisabled={text.trim() === ''} onPress={() => read(text)}>
          Fill in
        </Button>
      </div>
      {problem === undefined ? null : (
        <p role="alert" className="m-0 text-sm text-bad">
          {problem}
        </p>
      )}
      <p role="status" className="m-0 text-sm text-ink-2 empty:hidden">
        {done}
      </p>
    </div>
  )
}

function saidOf({ password, leftOut }: ConnectionAddress): string {
  const parts = [
    password === undefined
      ? 'The fields below were filled in; the address has no password.'
      : 'The fields below were filled in, and the password is in its field.',
  ]
  if (leftOut.length > 0) parts.push(`Left out, because a connection has no such setting: ${leftOut.join(', ')}.`)
  return parts.join(' ')
}
