/**
 * How many events, or entries of the audit, are kept in one row, and dropped together. The text of
 * so many ordinary ones stays below 128 KiB, from where on V8 gives a string pages of its own and
 * leaves them to the slow collections.
 */
const GROUP_MAX = 64

/**
 * Characters of a row of several entries, since who reads one of them reads the whole row; a
 * single entry may be longer.
 */
const GROUP_LENGTH_MAX = 1_048_576

/** What one commit adds, in groups of at most {@link GROUP_MAX} and {@link GROUP_LENGTH_MAX}. */
export function inGroups<T>(entries: readonly T[], lengthOf: (entry: T) => number): T[][] {
  const groups: T[][] = []
  let group: T[] = []
  let groupLength = 0
  for (const entry of entries) {
    const length = lengthOf(entry)
    const isFull = group.length === GROUP_MAX || groupLength + length > GROUP_LENGTH_MAX
    if (isFull || groups.length === 0) {
      group = []
      groupLength = 0
      groups.push(group)
    }
    group.push(entry)
    groupLength += length
  }
  return groups
}

/** Beyond what a commit itself adds, so that a lowered limit is reached in bounded steps. */
const TRIM_STEP_MAX = 1_024

/** How far a commit trims what it has added to. */
export interface Trim {
  /** How many entries there are now. */
  readonly count: number
  /** How many of them the commit has added. */
  readonly added: number
  /** How many of the newest stay at least: those of one group stay or go together. */
  readonly kept: number
}

/** Entries that are kept in one row. */
interface Group {
  readonly length: number
}

/** What goes: so many groups with so many entries, of which `last` is the newest. */
interface Trimmed<G> {
  readonly last: G
  readonly groups: number
  readonly entries: number
}

/** Drops the oldest groups of a list, and answers the last entry that went. */
export function dropOldest<T>(groups: T[][], trim: Trim): T | undefined {
  const trimmed = oldestToTrim(groups, trim)
  groups.splice(0, trimmed?.groups ?? 0)
  return trimmed?.last.at(-1)
}

/** Which of the groups go, told oldest first and only as far as needed; null when all may stay. */
export function oldestToTrim<G extends Group>(
  oldestFirst: Iterable<G>,
  { count, added, kept }: Trim,
): Trimmed<G> | null {
  if (count <= kept) return null
  let [groups, entries] = [0, 0]
  let last: G | null = null
  for (const group of oldestFirst) {
    if (entries + group.length > count - kept || entries >= added + TRIM_STEP_MAX) break
    groups += 1
    entries += group.length
    last = group
  }
  return last === null ? null : { last, groups, entries }
}
