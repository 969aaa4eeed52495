import type { Environment } from '../../../preload/contract/index.ts'
import { Checkbox } from '../../ui/fields.tsx'
import { nameDifference } from './name-difference.ts'
import { TypedName } from './typed-name.tsx'

/** What was typed and ticked. It lives on the page alone, and is forgotten with it. */
export interface Confirmation {
  readonly typed: string
  readonly isProductionMeant: boolean
}

/** Nothing typed, nothing ticked. */
export const unconfirmed: Confirmation = { typed: '', isProductionMeant: false }

/** What a final button still waits for, as a sentence; null: nothing. */
export function missingConfirmation(
  { typed, isProductionMeant }: Confirmation,
  wanted: string,
  environment: Environment,
): string | null {
  if (nameDifference(wanted, typed) !== null) return 'Available when the name is complete.'
  if (environment === 'production' && !isProductionMeant) return 'Available when the checkbox is ticked.'
  return null
}

/** The typed name and, for production, the checkbox besides. */
export function ConfirmBox({
  wanted,
  environment,
  consequence,
  value,
  onChange,
}: {
  readonly wanted: string
  readonly environment: Environment
  /** Ends the sentence that begins with "This is production": ", and …". */
  readonly consequence: string
  readonly value: Confirmation
  readonly onChange: (value: Confirmation) => void
}) {
  return (
    <div className="flex max-w-[760px] flex-col gap-3 rounded-lg border border-bad bg-surface px-4 py-3.5">
      <TypedName wanted={wanted} typed={value.typed} onChange={(typed) => onChange({ ...value, typed })} />
      {environment === 'production' ? (
        <Checkbox
          isSelected={value.isProductionMeant}
          onChange={(isProductionMeant) => onChange({ ...value, isProductionMeant })}
        >
          This is production{consequence}.
        </Checkbox>
      ) : null}
    </div>
  )
}
