import type { RestorePlan } from '../../../preload/contract/index.ts'

/** The name under which a plan is saved: by its hash, so that it is told apart from others. */
export function planFileName({ hash }: Pick<RestorePlan, 'hash'>): string {
  return `plan-${hash.slice(0, 8)}.json`
}

/** Hands the plan out as a file: the document that `holdfast restore apply` takes. */
export function savePlan(plan: RestorePlan): void {
  const address = URL.createObjectURL(new Blob([`${JSON.stringify(plan, null, 2)}\n`], { type: 'application/json' }))
  const link = document.createElement('a')
  link.href = address
  link.download = planFileName(plan)
  link.click()
  setTimeout(() => URL.revokeObjectURL(address), 60_000)
}
