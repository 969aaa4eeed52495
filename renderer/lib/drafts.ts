import { useCallback, useMemo } from 'react'
import type { z } from 'zod'
import { create } from 'zustand'
import { createJSONStorage, persist } from 'zustand/middleware'

interface DraftsState {
  readonly drafts: Readonly<Record<string, unknown>>
}

/** Lives as long as the tab: it survives a reload and Back, and is gone with the window. */
const useDrafts = create<DraftsState>()(
  persist((): DraftsState => ({ drafts: {} }), {
    name: 'holdfast-drafts',
    storage: createJSONStorage(() => sessionStorage),
  }),
)

/** What was answered in a wizard so far, and the ways to change it. */
export interface Draft<T> {
  readonly value: T
  readonly change: (changes: Partial<T>) => void
  /** Forgets the answers, once they were acted upon. */
  readonly clear: () => void
}

/**
 * The answers of the wizard `key`, kept over reload and Back. Never for secrets: they would be written down. What an older version of
 * the window wrote and this one can't read counts as not answered.
 */
export function useDraft<T extends object>(key: string, schema: z.ZodType<T>, initial: T): Draft<T> {
  const stored = useDrafts((state) => state.drafts[key])
  const value = useMemo(() => {
    const parsed = schema.safeParse(stored)
    return parsed.success ? parsed.data : initial
  }, [schema, stored, initial])
  const change = useCallback(
    (changes: Partial<T>) => {
      const { drafts } = useDrafts.getState()
      const before = schema.safeParse(drafts[key])
      useDrafts.setState({ drafts: { ...drafts, [key]: { ...(before.success ? before.data : initial), ...changes } } })
    },
    [key, schema, initial],
  )
  const clear = useCallback(() => {
    const { [key]: _gone, ...rest } = useDrafts.getState().drafts
    useDrafts.setState({ drafts: rest })
  }, [key])
  return { value, change, clear }
}
