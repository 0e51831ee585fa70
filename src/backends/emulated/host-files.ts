import { open, rename, rm, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { DaxError } from '../../core/errors.ts'
import { type Bytes, bytes } from '../../core/units.ts'
import { errnoOf } from './host-errors.ts'
import { runTool } from './run-tool.ts'

/** Only the owner may open a device's data, as udev leaves `/dev/daxX.Y`. */
const DATA_MODE = 0o600

/** The longest a copy of a device's data may take: a TiB at 500 MB/s has room in it. */
const COPY_TIMEOUT_MS = 45 * 60 * 1000

/** The end of the names of files that are still being written. */
export const TEMPORARY_SUFFIX = '.tmp'

/**
 * The steps that change the emulated host's directory. Each one is atomic, and on disk when it
 * resolves; a daemon may die between any two of them but not inside one.
 */
export interface HostFiles {
  /** Replaces a file's text. A crash leaves the old text or the new one. */
  writeText(file: { readonly path: string; readonly text: string }): Promise<void>
  /** Makes a file of `size` zero bytes that takes no space; replaces what is at `path`. */
  createSparse(path: string, size: Bytes): Promise<void>
  /** Cuts a file, or makes it longer by zero bytes. */
  resize(path: string, size: Bytes): Promise<void>
  rename(move: { readonly from: string; readonly to: string }): Promise<void>
  /** Removes a file; succeeds when it is gone already. */
  remove(path: string): Promise<void>
  /**
   * Copies a file's bytes into another inode, sharing blocks or leaving holes where it can.
   * @throws DaxError `no_space`, `backend_timeout`, `backend_failed`.
   */
  copySparse(copy: { readonly from: string; readonly to: string }): Promise<void>
}

/** The steps on a real file system. `cpPath` is GNU cp. */
export function createHostFiles(cpPath: string): HostFiles {
  return {
    async writeText({ path, text }) {
      const temporary = `${path}${TEMPORARY_SUFFIX}`
      const file = await open(temporary, 'w', DATA_MODE)
      try {
        await file.writeFile(text)
        await file.sync()
      } finally {
        await file.close()
      }
      await rename(temporary, path)
      await syncDirectory(dirname(path))
    },
    async createSparse(path, size) {
      const temporary = `${path}${TEMPORARY_SUFFIX}`
      await rm(temporary, { force: true })
      await setSize(temporary, { flags: 'wx', size })
      await rename(temporary, path)
      await syncDirectory(dirname(path))
    },
    resize: (path, size) => setSize(path, { flags: 'r+', size }),
    async rename({ from, to }) {
      await rename(from, to)
      await syncDirectory(dirname(to))
      if (dirname(from) !== dirname(to)) await syncDirectory(dirname(from))
    },
    async remove(path) {
      await rm(path, { force: true })
      await syncDirectory(dirname(path))
    },
    copySparse: (copy) => copySparse({ ...copy, cpPath }),
  }
}

async function setSize(
  path: string,
  { flags, size }: { readonly flags: 'wx' | 'r+'; readonly size: Bytes },
): Promise<void> {
  const file = await open(path, flags, DATA_MODE)
  try {
    await file.truncate(size)
    await file.sync()
  } finally {
    await file.close()
  }
}

async function copySparse(options: {
  readonly from: string
  readonly to: string
  readonly cpPath: string
}): Promise<void> {
  const { from, to, cpPath } = options
  const args = ['--sparse=auto', '--reflink=auto', '--no-target-directory', '--', from, to]
  const outcome = await runTool({ path: cpPath, args, timeoutMs: COPY_TIMEOUT_MS })
  if (outcome.kind === 'missing') {
    throw new DaxError('backend_failed', 'The emulated host needs cp of GNU coreutils.')
  }
  if (outcome.kind === 'timed-out') {
    throw new DaxError('backend_timeout', 'Copying the data of the device took too long.')
  }
  if (outcome.kind === 'failed') throw copyError(outcome.message)
  const [source, copy] = [await stat(from), await stat(to)]
  if (source.size !== copy.size) {
    const detail = `The copy has ${copy.size} bytes, the device's data have ${source.size}.`
    throw new DaxError('backend_failed', detail)
  }
  await setSize(to, { flags: 'r+', size: bytes(copy.size) })
  await syncDirectory(dirname(to))
}

function copyError(message: string): DaxError {
  const full = /No space left on device|Disk quota exceeded/.test(message)
  const code = full ? 'no_space' : 'backend_failed'
  const detail = full
    ? 'There is no room to keep the data of a device that is in use.'
    : 'Copying the data of the device failed.'
  return new DaxError(code, detail, {}, new Error(message))
}

async function syncDirectory(path: string): Promise<void> {
  const directory = await open(path, 'r')
  try {
    await directory.sync()
  } catch (error) {
    // Some file systems (FUSE, 9p) do not know fsync on directories and order renames themselves.
    if (errnoOf(error) !== 'EINVAL') throw error
  } finally {
    await directory.close()
  }
}
