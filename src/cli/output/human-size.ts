import { formatSize } from '../../core/size-text.ts'
import { bytes } from '../../core/units.ts'

/** Below it a size stays a number, as daxctl has it. */
const PLAIN_MAX = 5000n * 1024n

/** From two of a unit on, the next one is taken: 2047 MiB, but 2.00 GiB. */
const UNITS_PER_STEP = 2n

const BINARY = { step: 1024n, units: ['MiB', 'GiB', 'TiB'] } as const
const DECIMAL = { step: 1000n, units: ['MB', 'GB', 'TB'] } as const

/**
 * A size as `daxctl -u` prints it: `256.00 MiB (268.44 MB)`; small ones stay numbers.
 * Source: ndctl's `display_size`, held against recorded outputs by a test.
 */
export function humanSize(size: number): string | number {
  const exact = BigInt(size)
  if (exact < PLAIN_MAX) return size
  return `${scaled(exact, BINARY)} (${scaled(exact, DECIMAL)})`
}

/** An address, an offset in pages or a cookie as `daxctl -u` prints it: hex, but a bare zero. */
export function humanHex(value: number): string {
  return value === 0 ? '0' : `0x${value.toString(16)}`
}

/** A size for a table: exact where it can be in one unit, else cut to two decimals. */
export function shortSize(size: number): string {
  return formatSize(bytes(size)).replace(/ \(.*$/, '')
}

function scaled(size: bigint, scale: typeof BINARY | typeof DECIMAL): string {
  const { step, units } = scale
  let unit = step * step
  let at = 0
  while (at + 1 < units.length && size >= UNITS_PER_STEP * unit * step) {
    unit *= step
    at += 1
  }
  const hundredths = ((size * 200n) / unit + 1n) / 2n
  const decimals = String(hundredths % 100n).padStart(2, '0')
  return `${hundredths / 100n}.${decimals} ${units[at]}`
}
