import { closeSync, constants, openSync, write } from 'node:fs'
import { promisify } from 'node:util'
import { DaxError } from '../../core/errors.ts'

/** Writes one value to one attribute in one write(2); rejects with node's error and its errno. */
export type WriteSysfs = (path: string, value: string) => Promise<void>

/**
 * Writes that hang in the kernel keep their thread. Most of the 64 that `src/main.ts` asks for must
 * stay free for all else that reads and writes files, and one hung region must not stop the others.
 */
const HUNG_WRITES_MAX = 16

const writeTo = promisify(write)

/**
 * {@link WriteSysfs} for real. It neither makes nor cuts files. Only the write itself can wait in
 * the kernel, so only that is a thread's.
 */
export const writeSysfs: WriteSysfs = async (path, value) => {
  const file = openSync(path, constants.O_WRONLY)
  try {
    await writeTo(file, Buffer.from(value))
  } finally {
    closeSync(file)
  }
}

/**
 * The same writes, answered after `timeoutMs` at the latest. A write that is stuck in the kernel
 * cannot be taken back: until it returns, its attribute is refused.
 *
 * The result rejects with `backend_timeout` for one that hangs or waits behind one that does.
 */
export function createBoundedWrite(write: WriteSysfs, timeoutMs: number): WriteSysfs {
  const hung = new Map<string, number>()

  async function bounded(path: string, value: string): Promise<void> {
    if (hung.has(path) || hung.size >= HUNG_WRITES_MAX) throw timeout()
    const { promise: expired, reject } = Promise.withResolvers<never>()
    const written = write(path, value)
    const timer = setTimeout(() => {
      hung.set(path, Date.now())
      reject(timeout())
    }, timeoutMs)
    const over = () => {
      clearTimeout(timer)
      hung.delete(path)
    }
    written.then(over, over)
    await Promise.race([written, expired])
  }

  return bounded
}

function timeout(): DaxError {
  const detail = 'A change hangs in the kernel, as when pages of a device are pinned.'
  return new DaxError('backend_timeout', detail)
}
