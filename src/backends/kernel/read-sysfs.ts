import { closeSync, openSync, read, readdirSync, readlinkSync, readSync } from 'node:fs'
import { basename, join } from 'node:path'
import { promisify } from 'node:util'
import { DaxError } from '../../core/errors.ts'
import { type Bytes, bytes } from '../../core/units.ts'
import { errnoOf, nullIfGone, nullIfGoneNow } from './host-errors.ts'

/** Source: fs/sysfs/file.c: an attribute is at most a page. */
const ATTRIBUTE_MAX_BYTES = 4096

const readFrom = promisify(read)

/**
 * The text of an attribute without its line end; null when it is gone or hidden. The kernel may
 * take locks to show it, and hold them as long as a change hangs, so the read is a thread's.
 * Opening and closing wait for nothing: the way through a thread costs a hundred times as much.
 */
export async function readText(directory: string, attribute: string): Promise<string | null> {
  const text = await nullIfGone(readAttribute(join(directory, attribute)))
  return text === null ? null : text.trim()
}

/** One read(2) gives an attribute whole; asking for its size or its end would only cost time. */
async function readAttribute(path: string): Promise<string> {
  const file = openSync(path, 'r')
  try {
    const page = Buffer.allocUnsafe(ATTRIBUTE_MAX_BYTES)
    const { bytesRead } = await readFrom(file, page, 0, page.length, null)
    return page.toString('utf8', 0, bytesRead)
  } finally {
    closeSync(file)
  }
}

/** {@link readText} at once, only for what the kernel shows without taking a lock. */
export function readTextNow(directory: string, attribute: string): string | null {
  return nullIfGoneNow(() => {
    const file = openSync(join(directory, attribute), 'r')
    try {
      const page = Buffer.allocUnsafe(ATTRIBUTE_MAX_BYTES)
      return page.toString('utf8', 0, readSync(file, page, 0, page.length, null)).trim()
    } finally {
      closeSync(file)
    }
  })
}

/**
 * A byte count or address, decimal or in hex with 0x.
 * @throws DaxError `backend_failed` for what is no number in 0..2^53-1.
 */
export async function readBytes(directory: string, attribute: string): Promise<Bytes | null> {
  return parseBytes(attribute, await readText(directory, attribute))
}

/** {@link readBytes} at once, only for what the kernel shows without taking a lock. */
export function readBytesNow(directory: string, attribute: string): Bytes | null {
  return parseBytes(attribute, readTextNow(directory, attribute))
}

function parseBytes(attribute: string, text: string | null): Bytes | null {
  if (text === null) return null
  const value = /^(0x[0-9a-f]+|\d+)$/i.test(text) ? Number(text) : Number.NaN
  if (Number.isSafeInteger(value)) return bytes(value)
  throw new DaxError('backend_failed', `The kernel shows ${attribute} as ${JSON.stringify(text)}.`)
}

/**
 * A small signed number such as a node id, which the kernel shows without a lock; `otherwise` where
 * it does not show one.
 */
export function readId(directory: string, attribute: string, otherwise: number): number {
  const text = readTextNow(directory, attribute)
  return text !== null && /^-?\d{1,9}$/.test(text) ? Number(text) : otherwise
}

/** The last name in a link's target, as of `driver`; null when there is no such link. */
export function readLinkName(directory: string, link: string): string | null {
  try {
    return basename(readlinkSync(join(directory, link)))
  } catch (error) {
    const errno = errnoOf(error)
    if (errno === 'ENOENT' || errno === 'EINVAL' || errno === 'ENOTDIR') return null
    throw error
  }
}

/** The names in a directory, sorted; none when it is not there. */
export function listNames(directory: string): string[] {
  return (nullIfGoneNow(() => readdirSync(directory)) ?? []).sort()
}
