import { useState } from 'preact/hooks'
import { useApp } from '../app.ts'
import type { Failure } from './problem.ts'

export interface Action {
  readonly isRunning: boolean
  /** Null while nothing has failed. */
  readonly failure: Failure | null
  /** Does it, unless it is being done; `done` is said and the dialog closed when it is over. */
  run(act: () => Promise<unknown>, done?: string): Promise<void>
  forget(): void
}

/** A call with what came of it. A failure stays to be read; it is never swallowed. */
export function useAction(): Action {
  const { say, dialog } = useApp()
  const [isRunning, setRunning] = useState(false)
  const [failure, setFailure] = useState<Failure | null>(null)
  return {
    isRunning,
    failure,
    forget: () => setFailure(null),
    async run(act, done) {
      if (isRunning) return
      setRunning(true)
      setFailure(null)
      try {
        await act()
        if (done !== undefined) {
          say(done)
          dialog.value = null
        }
      } catch (error) {
        setFailure(error)
      } finally {
        setRunning(false)
      }
    },
  }
}
