import { useCallback, useState } from 'react'
import { toAppError, type AppError } from '../../../preload/contract/index.ts'

/** Something that was tried, as it stands now. */
export type Tried<T> =
  | { readonly state: 'idle' }
  | { readonly state: 'pending' }
  | { readonly state: 'done'; readonly data: T }
  | { readonly state: 'failed'; readonly error: AppError }

/**
 * Runs something whose input holds a secret, and keeps how it ended. Unlike `useAction` nothing of the input is kept anywhere, so that
 * a secret is gone with the component.
 */
export function useTry<T>(): {
  tried: Tried<T>
  run: (work: () => Promise<T>) => Promise<T | null>
  reset: () => void
} {
  const [tried, setTried] = useState<Tried<T>>({ state: 'idle' })
  const run = useCallback(async (work: () => Promise<T>) => {
    setTried({ state: 'pending' })
    try {
      const data = await work()
      setTried({ state: 'done', data })
      return data
    } catch (error) {
      setTried({ state: 'failed', error: toAppError(error) })
      return null
    }
  }, [])
  const reset = useCallback(() => setTried({ state: 'idle' }), [])
  return { tried, run, reset }
}
