import { DaxError } from './errors.ts'
import { formatSize } from './size-text.ts'
import { alignDown, alignUp, type Bytes, bytes, isMultiple, maxBytes } from './units.ts'

/**
 * Checks a size before it is planned: above 0, a multiple of `unit`, at least `minimum`. The
 * suggestion is the next size up that passes; the caller may know a lower bound from above.
 *
 * @throws DaxError EINVAL `zero_size`; `misaligned_size` and `too_small`, both with
 *   `suggested_size`.
 */
export function checkSize(wanted: {
  readonly size: Bytes
  readonly unit: Bytes
  readonly minimum?: Bytes
}): void {
  const { size, unit, minimum = unit } = wanted
  if (size === 0) throw new DaxError('zero_size', 'The size must be above 0.')
  if (!isMultiple(size, unit)) {
    throw new DaxError(
      'misaligned_size',
      `${formatSize(size)} is not a multiple of ${formatSize(unit)}.`,
      { suggested_size: nextMultiple(maxBytes(size, minimum), unit) },
    )
  }
  if (size < minimum) {
    throw new DaxError('too_small', `${formatSize(size)} is less than ${formatSize(minimum)}.`, {
      suggested_size: nextMultiple(minimum, unit),
    })
  }
}

/** Up, or down where the multiple above is beyond 2^53-1 and cannot be said. */
function nextMultiple(size: Bytes, unit: Bytes): Bytes {
  const last = alignDown(bytes(Number.MAX_SAFE_INTEGER), unit)
  return size > last ? last : alignUp(size, unit)
}
