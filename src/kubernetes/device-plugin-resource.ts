import { DaxError } from '../core/errors.ts'
import { parseSize } from '../core/size-text.ts'
import type { Bytes } from '../core/units.ts'

/** Chunks of one resource at most; the kubelet lists every one of them in each message. */
const CHUNKS_COUNT_MAX = 1_024

/** An extended resource: so many chunks of one size. */
export interface ChunkResource {
  /** As pods ask for it, as in `daxd.io/dax-1g`. */
  readonly name: string
  /** Usable bytes of one chunk. */
  readonly size: Bytes
  readonly count: number
}

/** A qualified name whose prefix is a DNS subdomain. */
const NAME =
  /[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?\/[A-Za-z0-9](?:[A-Za-z0-9._-]{0,61}[A-Za-z0-9])?/.source
const PATTERN = new RegExp(`^(?<name>${NAME})=(?<size>[^:]+):(?<count>[1-9]\\d{0,3})$`)

/**
 * Reads `NAME=SIZE:COUNT`, as in `daxd.io/dax-1g=1GiB:4`.
 * @throws Error with a sentence for the operator.
 */
export function parseChunkResource(text: string): ChunkResource {
  const { name, size = '', count } = PATTERN.exec(text)?.groups ?? {}
  if (name === undefined) {
    throw new Error(`--resource ${text} is not NAME=SIZE:COUNT, as in daxd.io/dax-1g=1GiB:4.`)
  }
  const chunks = Number(count)
  if (chunks > CHUNKS_COUNT_MAX) throw new Error(`--resource ${text}: over ${CHUNKS_COUNT_MAX}.`)
  const bytes = sizeOf(text, size)
  if (bytes === 0) throw new Error(`--resource ${text}: the size is 0.`)
  return { name, size: bytes, count: chunks }
}

/** The ids of the chunks, the same after every restart: `dax-1g-0`, `dax-1g-1`, ... */
export function chunkIds({ name, count }: ChunkResource): string[] {
  const stem = name.slice(name.indexOf('/') + 1)
  return Array.from({ length: count }, (_, at) => `${stem}-${at}`)
}

/** The file name of the resource's socket in the kubelet's directory. */
export function socketName({ name }: ChunkResource): string {
  return `${name.replaceAll(/[^A-Za-z0-9.-]/g, '_')}.sock`
}

function sizeOf(text: string, size: string): Bytes {
  try {
    return parseSize(size)
  } catch (error) {
    if (!(error instanceof DaxError)) throw error
    throw new Error(`--resource ${text}: ${error.message}`)
  }
}
