/** Chooses places in a space and takes them back. */
export interface Placer {
  /** The offset of a place that is now taken, null when there is none. */
  take(length: number, align: number): number | null
  give(window: { readonly offset: number; readonly length: number }): void
}

/**
 * The textbook placer that the broker is held against: holes in address order, read from the
 * front. First fit takes the first hole that holds the request, best fit the smallest one.
 */
export function createHoleList(size: number, policy: 'first-fit' | 'best-fit'): Placer {
  const starts = [0]
  const ends = [size]

  function choose(length: number, align: number): number {
    let chosen = -1
    let smallest = Number.POSITIVE_INFINITY
    for (let at = 0; at < starts.length; at += 1) {
      const start = starts[at] ?? 0
      const end = ends[at] ?? 0
      if (alignUp(start, align) + length > end) continue
      if (policy === 'first-fit') return at
      if (end - start >= smallest) continue
      smallest = end - start
      chosen = at
    }
    return chosen
  }

  return {
    take(length, align) {
      const at = choose(length, align)
      if (at < 0) return null
      const start = starts[at] ?? 0
      const end = ends[at] ?? 0
      const offset = alignUp(start, align)
      const parts = [
        { start, end: offset },
        { start: offset + length, end },
      ].filter((part) => part.start < part.end)
      starts.splice(at, 1, ...parts.map((part) => part.start))
      ends.splice(at, 1, ...parts.map((part) => part.end))
      return offset
    },
    give({ offset, length }) {
      const end = offset + length
      let at = firstAfter(starts, offset)
      starts.splice(at, 0, offset)
      ends.splice(at, 0, end)
      if (starts[at + 1] === end) {
        ends[at] = ends[at + 1] ?? end
        starts.splice(at + 1, 1)
        ends.splice(at + 1, 1)
      }
      if (at === 0 || ends[at - 1] !== offset) return
      at -= 1
      ends[at] = ends[at + 1] ?? end
      starts.splice(at + 1, 1)
      ends.splice(at + 1, 1)
    },
  }
}

/** Where the first of the sorted values beyond `value` stands. */
function firstAfter(values: readonly number[], value: number): number {
  let low = 0
  let high = values.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((values[middle] ?? 0) > value) high = middle
    else low = middle + 1
  }
  return low
}

function alignUp(value: number, align: number): number {
  return Math.ceil(value / align) * align
}
