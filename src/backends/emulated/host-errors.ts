import { DaxError } from '../../core/errors.ts'

const FULL = new Set(['ENOSPC', 'EDQUOT'])

/** The errno name of a failed system call, null for any other value. */
export function errnoOf(error: unknown): string | null {
  if (!(error instanceof Error) || !('code' in error)) return null
  return typeof error.code === 'string' && /^E[A-Z0-9]+$/.test(error.code) ? error.code : null
}

/**
 * A failed system call as the failure that the port promises: `no_space` where the file system is
 * full, else `backend_failed` with the errno in its sentence. Anything else is given back as it
 * is: a DaxError says enough, and a defect must stay one.
 */
function hostError(error: unknown): unknown {
  const errno = errnoOf(error)
  if (error instanceof DaxError || errno === null) return error
  if (FULL.has(errno)) {
    const detail = `The file system of the emulated host is full (${errno}).`
    return new DaxError('no_space', detail, {}, error)
  }
  const detail = `The file system of the emulated host failed with ${errno}.`
  return new DaxError('backend_failed', detail, {}, error)
}

/** Runs `work`; its system errors come out as the failures that the port promises. */
export async function withHostErrors<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    throw hostError(error)
  }
}

/** What `work` gives, or null where the file it needs is not there (ENOENT). */
export async function nullIfGone<T>(work: Promise<T>): Promise<T | null> {
  try {
    return await work
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return null
    throw error
  }
}
