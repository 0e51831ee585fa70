/**
 * Quantities as the Kubernetes API writes amounts: `2Gi`, `500M`, `1.5Gi`, `1e3`, `100m`. All
 * arithmetic is in BigInt, so that no byte is lost on the way.
 * Source: k8s.io/apimachinery/pkg/api/resource, the grammar in the comment of `Quantity`.
 */

/** Longer texts are nobody's amount of memory. */
const TEXT_LENGTH_MAX = 64
/** Exponents beyond give more than any address, or less than the API's own precision. */
const EXPONENT_MAX = 30

const BINARY_SUFFIXES = ['Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei'] as const
const DECIMAL_EXPONENTS: Readonly<Record<string, number>> = {
  n: -9,
  u: -6,
  m: -3,
  '': 0,
  k: 3,
  M: 6,
  G: 9,
  T: 12,
  P: 15,
  E: 18,
}

const NUMBER = /(?<sign>[+-]?)(?<whole>\d*)(?:\.(?<part>\d*))?/.source
const SUFFIX = /(?<suffix>[KMGTPE]i|[numkMGTPE]?|[eE][+-]?\d{1,3})/.source
const PATTERN = new RegExp(`^${NUMBER}${SUFFIX}$`)

/**
 * The whole bytes that a quantity means; what is between two bytes is rounded up, as the API's own
 * `Value()` does.
 * @throws RangeError when the text is no quantity, or below zero.
 */
export function bytesOfQuantity(text: string): bigint {
  const { sign, whole = '', part = '', suffix = '' } = partsOf(text)
  const digits = BigInt(whole + part)
  if (sign === '-' && digits > 0n) throw new RangeError(`${shown(text)} is below zero.`)
  const { factor, exponent } = scaleOf(text, suffix)
  const shift = exponent - part.length
  const value = digits * factor
  if (shift >= 0) return value * 10n ** BigInt(shift)
  const divisor = 10n ** BigInt(-shift)
  return (value + divisor - 1n) / divisor
}

/**
 * The canonical quantity of a number of bytes: the largest binary suffix without a remainder. It
 * comes back from the API as it was sent.
 * @throws RangeError below zero.
 */
export function quantityOfBytes(bytes: bigint): string {
  if (bytes < 0n) throw new RangeError(`${bytes} is below zero.`)
  let value = bytes
  let suffix = ''
  for (const next of BINARY_SUFFIXES) {
    if (value === 0n || value % 1024n !== 0n) break
    value /= 1024n
    suffix = next
  }
  return `${value}${suffix}`
}

function partsOf(text: string): Record<string, string | undefined> {
  const groups = text.length > TEXT_LENGTH_MAX ? undefined : PATTERN.exec(text)?.groups
  if (groups === undefined || `${groups['whole'] ?? ''}${groups['part'] ?? ''}` === '') {
    throw new RangeError(`${shown(text)} is no quantity.`)
  }
  return groups
}

/** `1E` is an exa, `1E3` a thousand: the pattern tries the suffix alone first. */
function scaleOf(text: string, suffix: string): { factor: bigint; exponent: number } {
  const binary = (BINARY_SUFFIXES as readonly string[]).indexOf(suffix)
  if (binary >= 0) return { factor: 1024n ** BigInt(binary + 1), exponent: 0 }
  const decimal = Object.hasOwn(DECIMAL_EXPONENTS, suffix) ? DECIMAL_EXPONENTS[suffix] : undefined
  const exponent = decimal ?? Number(suffix.slice(1))
  if (Math.abs(exponent) > EXPONENT_MAX) throw new RangeError(`${shown(text)} is out of range.`)
  return { factor: 1n, exponent }
}

function shown(text: string): string {
  return JSON.stringify(text.slice(0, TEXT_LENGTH_MAX))
}
