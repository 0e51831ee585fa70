/** How many events, or entries of the audit, are kept in one row, and dropped together. */
const GROUP_MAX = 256

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

/** Drops the oldest groups of a list, and answers the last entry that went. */
export function dropOldest<T>(groups: T[][], trim: Trim): T | undefined {
  const lengths = groups.map((group) => group.length)
  return groups.splice(0, oldestToTrim(lengths, trim).groups).at(-1)?.at(-1)
}

/** How many of the oldest groups go, and how many entries with them; `lengths` is oldest first. */
export function oldestToTrim(
  lengths: Iterable<number>,
  { count, added, kept }: Trim,
): { readonly groups: number; readonly entries: number } {
  let groups = 0
  let entries = 0
  if (count <= kept) return { groups, entries }
  for (const length of lengths) {
    if (entries + length > count - kept || entries >= added + TRIM_STEP_MAX) break
    groups += 1
    entries += length
  }
  return { groups, entries }
}
