/** A line about refusals that have none of their own covers this long. */
const WINDOW_MS = 10_000
/** Callers that a line tells apart; the rest is in its total alone. */
const TOLD_MAX = 20

/** Who was refused what, and how often. */
export interface RefusalCount {
  readonly code: string
  readonly actor: string
  readonly source: string
  readonly count: number
}

/** Refusals that come by the thousand: a line for each would make the overload worse. */
export interface QuietRefusals {
  add(code: string, actor: string, source: string): void
  /** Tells what was counted; nothing is told later. */
  close(): void
}

/** Counts refusals and tells of them once in a window in which there are some. */
export function createQuietRefusals(
  tell: (refusals: readonly RefusalCount[], total: number) => void,
): QuietRefusals {
  const counts = new Map<string, { code: string; actor: string; source: string; count: number }>()
  let total = 0
  let timer: NodeJS.Timeout | null = null

  function end(): void {
    if (timer !== null) clearTimeout(timer)
    timer = null
    if (total === 0) return
    const most = [...counts.values()].sort((left, right) => right.count - left.count)
    tell(most, total)
    counts.clear()
    total = 0
  }

  return {
    add(code, actor, source) {
      timer ??= setTimeout(end, WINDOW_MS).unref()
      total += 1
      const key = `${code} ${source} ${actor}`
      const known = counts.get(key)
      if (known !== undefined) known.count += 1
      else if (counts.size < TOLD_MAX) counts.set(key, { code, actor, source, count: 1 })
    },
    close: end,
  }
}
