import { open, readdir, readlink } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { DaxError } from '../../core/errors.ts'
import { type Bytes, bytes } from '../../core/units.ts'
import { errnoOf, nullIfGone } from './host-errors.ts'

/** Source: fs/sysfs/file.c: an attribute is at most a page. */
const ATTRIBUTE_MAX_BYTES = 4096

/** The text of an attribute without its line end; null when it is gone or hidden. */
export async function readText(directory: string, attribute: string): Promise<string | null> {
  const text = await nullIfGone(readAttribute(join(directory, attribute)))
  return text === null ? null : text.trim()
}

/** One read(2) gives an attribute whole; asking for its size or its end would only cost time. */
async function readAttribute(path: string): Promise<string> {
  const file = await open(path, 'r')
  try {
    const { buffer, bytesRead } = await file.read(Buffer.allocUnsafe(ATTRIBUTE_MAX_BYTES))
    return buffer.toString('utf8', 0, bytesRead)
  } finally {
    await file.close()
  }
}

/**
 * A byte count or address, decimal or in hex with 0x.
 * @throws DaxError `backend_failed` for what is no number in 0..2^53-1.
 */
export async function readBytes(directory: string, attribute: string): Promise<Bytes | null> {
  const text = await readText(directory, attribute)
  if (text === null) return null
  const value = /^(0x[0-9a-f]+|\d+)$/i.test(text) ? Number(text) : Number.NaN
  if (Number.isSafeInteger(value)) return bytes(value)
  throw new DaxError('backend_failed', `The kernel shows ${attribute} as ${JSON.stringify(text)}.`)
}

/** A small signed number such as a node id; `otherwise` where the kernel does not show one. */
export async function readId(
  directory: string,
  attribute: string,
  otherwise: number,
): Promise<number> {
  const text = await readText(directory, attribute)
  return text !== null && /^-?\d{1,9}$/.test(text) ? Number(text) : otherwise
}

/** The last name in a link's target, as of `driver`; null when there is no such link. */
export async function readLinkName(directory: string, link: string): Promise<string | null> {
  try {
    return basename(await readlink(join(directory, link)))
  } catch (error) {
    const errno = errnoOf(error)
    if (errno === 'ENOENT' || errno === 'EINVAL' || errno === 'ENOTDIR') return null
    throw error
  }
}

/** The names in a directory, sorted; none when it is not there. */
export async function listNames(directory: string): Promise<string[]> {
  return ((await nullIfGone(readdir(directory))) ?? []).sort()
}
