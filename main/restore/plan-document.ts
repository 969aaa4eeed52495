import { createHash } from 'node:crypto'
import canonicalize from 'canonicalize'
import { AppError, RestorePlan } from '../../preload/contract/index.ts'

/** A plan before it has its hash. */
export type UnsealedPlan = Omit<RestorePlan, 'hash'>

/** The plan with its `hash`: SHA-256 over its canonical JSON (RFC 8785) without `hash`. */
export function sealPlan(plan: UnsealedPlan): RestorePlan {
  return { ...plan, hash: hashOf(plan) }
}

/** The plan itself when its hash is right; `PLAN_INVALID` where the file was edited or damaged. */
export function checkPlan(input: unknown): RestorePlan {
  const parsed = RestorePlan.safeParse(input)
  if (!parsed.success) {
    throw new AppError('PLAN_INVALID', 'This file is not a restore plan.', {
      detail: parsed.error.issues.map((issue) => `${issue.path.map(String).join('.')}: ${issue.message}`).join('\n'),
      remedy: 'Make a new plan with `holdfast restore plan`.',
    })
  }
  const { hash, ...rest } = parsed.data
  if (hashOf(rest) !== hash) {
    throw new AppError('PLAN_INVALID', 'The plan was changed after it was made.', {
      remedy: 'Make a new plan with `holdfast restore plan`; a plan is applied exactly as it was reviewed.',
    })
  }
  return parsed.data
}

/**
 * `PLAN_INVALID` for a plan that would touch a database that is there without a safety backup and without a reason for that, however
 * it came about.
 */
export function assertSafety({
  mode,
  target,
  safetyBackup,
}: Pick<RestorePlan, 'mode' | 'target' | 'safetyBackup'>): void {
  const isOver = target.exists && mode !== 'new'
  if (!isOver || safetyBackup.taken || (safetyBackup.reason ?? '').trim() !== '') return
  throw new AppError('PLAN_INVALID', 'The plan leaves out the safety backup without a reason.', {
    remedy: 'Make a new plan with a safety backup, or say why none is taken.',
  })
}

function hashOf(plan: UnsealedPlan): string {
  const canonical = canonicalize(plan)
  if (canonical === undefined) throw new AppError('INTERNAL', 'A plan could not be written as canonical JSON.')
  return createHash('sha256').update(canonical, 'utf8').digest('hex')
}
