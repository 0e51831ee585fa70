/** Sizes and addresses as people read them; exact bytes are told beside them on demand. */

const UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'] as const
const STEP = 1024
const DECIMALS_MAX = 2

/** Bytes in the largest unit of which there is at least one: `1.5 GiB`; at most two decimals. */
export function sizeWords(bytes: number): string {
  let value = bytes
  let unit = 0
  while (value >= STEP && unit < UNITS.length - 1) {
    value /= STEP
    unit += 1
  }
  // What rounds up to a whole next unit is said in that unit.
  if (Number(value.toFixed(DECIMALS_MAX)) >= STEP && unit < UNITS.length - 1) {
    value /= STEP
    unit += 1
  }
  return `${Number(value.toFixed(DECIMALS_MAX))} ${UNITS[unit]}`
}

/** Bytes to the last one, with digits in groups of three: `16,777,216 bytes`. */
export function exactBytes(bytes: number): string {
  return `${groupedCount(bytes)} ${bytes === 1 ? 'byte' : 'bytes'}`
}

/** A count with its digits in groups of three. */
export function groupedCount(count: number): string {
  return String(count).replace(/\B(?=(?:\d{3})+$)/g, ',')
}

/** A physical address as the kernel writes it. */
export function addressWords(address: number): string {
  return `0x${address.toString(16)}`
}

/** Bytes a second. */
export function rateWords(bytesPerSecond: number): string {
  return `${sizeWords(Math.round(bytesPerSecond))}/s`
}

/** A part of a whole in per cent; what is neither nothing nor all is not rounded to either. */
export function percentWords(part: number, whole: number): string {
  if (whole <= 0) return '0 %'
  const percent = (part / whole) * 100
  if (part > 0 && percent < 0.1) return '< 0.1 %'
  if (part < whole && percent > 99.9) return '> 99.9 %'
  if (percent < 10) return `${Number(percent.toFixed(1))} %`
  return `${Math.min(percent < 100 ? 99 : 100, Math.round(percent))} %`
}

/** `1 device`, `2 devices`; the plural is the word with an s unless it is given. */
export function countWords(count: number, one: string, many = `${one}s`): string {
  return `${groupedCount(count)} ${count === 1 ? one : many}`
}
