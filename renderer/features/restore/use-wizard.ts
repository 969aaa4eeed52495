import { useNavigate, useRouter, useSearch } from '@tanstack/react-router'
import { stepOf, type Step } from './wizard-steps.ts'
import type { TargetChoice } from './target-choice.ts'

/** What the address of the wizard holds. */
export interface RestoreSearch {
  step?: string | undefined
  connection?: string | undefined
  backup?: string | undefined
  before?: string | undefined
  target?: TargetChoice | undefined
  plan?: string | undefined
  job?: string | undefined
}

/** The wizard's state, which stands in the address, and the ways to change it. */
export function useWizard() {
  const search: RestoreSearch = useSearch({ from: '/restore' })
  const navigate = useNavigate()
  const router = useRouter()
  return {
    search,
    step: stepOf(search),
    /** Changes the address; with `replace` Back skips what was there before. */
    go: (change: RestoreSearch, options: { readonly replace?: boolean } = {}) =>
      void navigate({ to: '/restore', search: { ...search, ...change }, replace: options.replace ?? false }),
    /** The address of another step, with all that was chosen. */
    hrefOf: (step: Step) => router.buildLocation({ to: '/restore', search: { ...search, step } }).href,
  }
}
