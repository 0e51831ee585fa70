/** How many events, or entries of the audit, are kept in one row, and dropped together. */
const GROUP_MAX = 256

/** What one commit adds, in groups of at most {@link GROUP_MAX}. */
export function inGroups<T>(entries: readonly T[]): T[][] {
  const groups: T[][] = []
  for (let at = 0; at < entries.length; at += GROUP_MAX) {
    groups.push(entries.slice(at, at + GROUP_MAX))
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
