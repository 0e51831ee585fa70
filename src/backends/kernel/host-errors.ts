import { DaxError, type ErrorCode } from '../../core/errors.ts'
import type { Log } from '../../ports/log.ts'

/** The errno name of a failed system call, null for any other value. */
export function errnoOf(error: unknown): string | null {
  if (!(error instanceof Error) || !('code' in error)) return null
  return typeof error.code === 'string' && /^E[A-Z0-9]+$/.test(error.code) ? error.code : null
}

/** What an errno means in one step; an errno that is not named is `backend_failed`. */
export type ErrnoMeaning = Readonly<Record<string, ErrorCode>>

/**
 * A failed system call as the failure that the port promises; the path stays in the log. A
 * DaxError says enough, and a defect must stay one: both are given back as they are.
 */
export function hostRefusal(
  error: unknown,
  step: {
    readonly what: string
    readonly path: string
    readonly meaning?: ErrnoMeaning
    readonly log: Log
  },
): unknown {
  const errno = errnoOf(error)
  if (error instanceof DaxError || errno === null) return error
  const { what, path, meaning, log } = step
  log.warn({ errno, path, err: error }, 'the kernel refused a step')
  const code = meaning?.[errno] ?? 'backend_failed'
  return new DaxError(code, `The kernel refused to ${what} (${errno}).`, {}, error)
}

/** What `work` gives, or null where the file it needs is gone: not there, or its device is not. */
export async function nullIfGone<T>(work: Promise<T>): Promise<T | null> {
  try {
    return await work
  } catch (error) {
    if (isGone(error)) return null
    throw error
  }
}

/** {@link nullIfGone} for what answers at once. */
export function nullIfGoneNow<T>(work: () => T): T | null {
  try {
    return work()
  } catch (error) {
    if (isGone(error)) return null
    throw error
  }
}

function isGone(error: unknown): boolean {
  const errno = errnoOf(error)
  return errno === 'ENOENT' || errno === 'ENODEV' || errno === 'ENXIO'
}

/**
 * Runs a whole call of the port; a system call that no step has explained comes out as
 * `backend_failed` with its errno.
 */
export async function withHostErrors<T>(
  work: () => Promise<T>,
  step: { readonly what: string; readonly log: Log },
): Promise<T> {
  try {
    return await work()
  } catch (error) {
    const isDenied = errnoOf(error) === 'EACCES' || errnoOf(error) === 'EPERM'
    const what = isDenied ? `${step.what} without the rights of root` : step.what
    const path = error instanceof Error && 'path' in error ? String(error.path) : ''
    throw hostRefusal(error, { ...step, what, path })
  }
}
