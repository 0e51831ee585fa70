import { DaxError } from '../core/errors.ts'
import { type LookFindings, lookAtProcesses } from './look.ts'
import { MAPS_LIMIT_BYTES } from './process-scan.ts'
import type {
  ProcessFindings,
  ProcessObserver,
  ProcessObserverOptions,
  ProcessUse,
  WatchedFile,
} from './process-use.ts'
import { createWatchIndex, identityOf } from './watch-index.ts'

/** A look at one process takes some milliseconds; so many mean that it blocks its readers. */
const LOOK_TIMEOUT_MS = 5000
/**
 * For a look at all: a machine under load may take long for what takes it milliseconds at other
 * times, and whom it has not looked at may be a user. Less than what a look is waited for.
 */
const LOOK_TOTAL_MS = 25_000

interface Batch {
  readonly files: WatchedFile[]
  readonly looked: Promise<LookFindings>
}

/**
 * Looks through procfs for those who really use a file. Only the processes of this PID namespace
 * can be seen. Calls made while a look runs share the next one: at most one runs and one waits.
 */
export function createProcessObserver(options: ProcessObserverOptions = {}): ProcessObserver {
  const settings = {
    procRoot: '/proc',
    timeoutMs: LOOK_TIMEOUT_MS,
    totalMs: LOOK_TOTAL_MS,
    mapsLimitBytes: MAPS_LIMIT_BYTES,
    stuck: new Set<string>(),
    ...options,
  }
  let previous: Promise<unknown> = Promise.resolve()
  let waiting: Batch | null = null

  function enqueue(): Batch {
    const files: WatchedFile[] = []
    const looked = previous.then(() => {
      // From here on a call has come too late for this look.
      waiting = null
      return lookAtProcesses(createWatchIndex(files), settings)
    })
    previous = looked.catch(() => undefined)
    return { files, looked }
  }

  return {
    async find(files) {
      if (files.length === 0) return { found: new Map(), complete: true }
      waiting ??= enqueue()
      const { files: asked, looked } = waiting
      asked.push(...files)
      return answer(files, await looked.catch(refuse))
    },
  }
}

function answer(files: readonly WatchedFile[], { uses, complete }: LookFindings): ProcessFindings {
  const found = new Map<string, readonly ProcessUse[]>()
  for (const file of files) {
    const users = uses.get(identityOf(file))
    if (users !== undefined) found.set(file.key, users)
  }
  return { found, complete }
}

function refuse(cause: unknown): never {
  const detail = 'The process table cannot be read, or not to its end.'
  throw new DaxError('backend_failed', detail, {}, cause)
}
