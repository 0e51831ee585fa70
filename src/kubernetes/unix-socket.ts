import { lstat, mkdir, unlink } from 'node:fs/promises'
import { dirname } from 'node:path'

/** `sun_path` of Linux has 108 bytes, and the last one ends the text. */
const SOCKET_PATH_BYTES_MAX = 107

/** Mode of a directory that a socket needed: none of the others' business. */
const SOCKET_DIRECTORY_MODE = 0o750

/**
 * Makes `path` ready to be listened on: its directory exists, and no socket of an earlier run, dead
 * or not, is in the way. Two instances on one path are not meant to be: the later one takes over.
 * @throws Error when the path is too long for a socket or something else has the name.
 */
export async function prepareSocketPath(path: string): Promise<void> {
  checkSocketPath(path)
  await mkdir(dirname(path), { recursive: true, mode: SOCKET_DIRECTORY_MODE })
  const there = await lstat(path).catch(() => undefined)
  if (there === undefined) return
  if (!there.isSocket()) throw new Error(`${path} is in the way: it is not a socket`)
  await unlink(path).catch(ignoreMissing)
}

/** @throws Error when no socket can have that path: Linux would cut it or refuse it. */
export function checkSocketPath(path: string): void {
  const length = Buffer.byteLength(path)
  if (length > SOCKET_PATH_BYTES_MAX) {
    const limit = `a socket's path has at most ${SOCKET_PATH_BYTES_MAX}`
    throw new Error(`${path} has ${length} bytes: ${limit}`)
  }
  if (!path.startsWith('/')) throw new Error(`${path} is not an absolute path`)
}

/** Removes a socket's file; one that is gone already is as good. */
export async function removeSocket(path: string): Promise<void> {
  await unlink(path).catch(ignoreMissing)
}

function ignoreMissing(error: NodeJS.ErrnoException): void {
  if (error.code !== 'ENOENT') throw error
}
