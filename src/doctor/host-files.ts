import { constants, open, opendir, readlink, stat } from 'node:fs/promises'
import { join } from 'node:path'

/** Longest file that is read without saying otherwise. */
const FILE_BYTES_MAX = 1024 * 1024
/** Most entries of one directory that are looked at. */
const DIRECTORY_ENTRIES_MAX = 8192
const READ_CHUNK_BYTES = 64 * 1024

/** What came of reading a file; a file beyond the limit is `unreadable`, never cut short. */
export type FileContent =
  | { readonly state: 'read'; readonly bytes: Buffer }
  | { readonly state: 'absent' }
  | { readonly state: 'unreadable'; readonly reason: string }

/** The host's files under a root, read with bounds. Paths are absolute, as the host has them. */
export interface HostFiles {
  read(path: string, bytesMax?: number): Promise<FileContent>
  /** The trimmed text of a small file, null when it cannot be had. */
  text(path: string): Promise<string | null>
  /** Names in a directory, sorted and bounded; null when it cannot be listed. */
  list(path: string): Promise<readonly string[] | null>
  exists(path: string): Promise<boolean>
  /** The target of a symbolic link, null when there is none. */
  link(path: string): Promise<string | null>
  /** The path to give to the operating system. */
  locate(path: string): string
}

/** Reads the host under `root`, so that tests can point at a tree of their own. */
export function createHostFiles(root: string): HostFiles {
  const locate = (path: string): string => join(root, path)
  const read = (path: string, bytesMax = FILE_BYTES_MAX): Promise<FileContent> =>
    readBounded(locate(path), bytesMax)
  return {
    read,
    locate,
    async text(path) {
      const content = await read(path)
      return content.state === 'read' ? content.bytes.toString('utf8').trim() : null
    },
    list: (path) => listBounded(locate(path)),
    exists: (path) =>
      stat(locate(path)).then(
        () => true,
        () => false,
      ),
    link: (path) => readlink(locate(path)).catch(() => null),
  }
}

async function readBounded(path: string, bytesMax: number): Promise<FileContent> {
  try {
    // Without O_NONBLOCK the open of a FIFO in the file's place would never return.
    await using handle = await open(path, constants.O_RDONLY | constants.O_NONBLOCK)
    if (!(await handle.stat()).isFile()) return { state: 'unreadable', reason: 'not a file' }
    const chunks: Buffer[] = []
    let total = 0
    // Files of /proc and /sys say that they are empty: only reading tells how long they are.
    while (true) {
      const { bytesRead, buffer } = await handle.read(Buffer.alloc(READ_CHUNK_BYTES))
      if (bytesRead === 0) return { state: 'read', bytes: Buffer.concat(chunks) }
      total += bytesRead
      if (total > bytesMax) return { state: 'unreadable', reason: `longer than ${bytesMax} bytes` }
      chunks.push(buffer.subarray(0, bytesRead))
    }
  } catch (error) {
    const code = errorCode(error)
    const absent = code === 'ENOENT' || code === 'ENOTDIR'
    return absent ? { state: 'absent' } : { state: 'unreadable', reason: code }
  }
}

async function listBounded(path: string): Promise<readonly string[] | null> {
  try {
    const names: string[] = []
    for await (const entry of await opendir(path)) {
      names.push(entry.name)
      if (names.length === DIRECTORY_ENTRIES_MAX) break
    }
    return names.sort((left, right) => left.localeCompare(right, 'en', { numeric: true }))
  } catch {
    return null
  }
}

/** The errno name of a failed system call, or its message. */
export function errorCode(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const code = 'code' in error ? error.code : undefined
  return typeof code === 'string' ? code : error.message
}
