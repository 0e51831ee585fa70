/** A line of a page that stands for any number of lines. */
const ELLIPSIS = '...'
/** What a host says that does not let this user look at everybody's processes. */
const UNSEEN = /^Some processes of the host could not be looked at\.\n/gm
/** A progress line, each state of which takes the place of the one before: up to the last EL. */
const OVERWRITTEN = new RegExp(`[^\\n]*${String.fromCharCode(27)}\\[K`, 'g')
/** What daxd calls handles, mappings and leases: by a revision, which grows by what happens. */
const OBJECT_ID = /\b([hml])-[0-9a-z]{1,10}\b/g
/** The first column of the processes in `daxd users`. */
const USER_PID = /^ *\d+(?= +\S+ +\S+ +\S+ +[\d,]+ +0x)/gm

/** Its heading, in a column as wide as the longest pid. */
const PID_HEADING = /^ +PID\b/gm

/**
 * A text in which what nobody can foresee is the same in every run: process ids, times, random
 * ids and hashes, and how wide a column is when a path in it is longer than the page's.
 */
export function settled(text: string): string {
  return text
    .replace(OVERWRITTEN, '')
    .replace(UNSEEN, '')
    .replace(USER_PID, '4711')
    .replace(OBJECT_ID, '$1-1')
    .replace(/\b(pid"?:? |process |from )\d+/g, '$14711')
    .replace(/\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:\.\d+)?Z/g, '2026-11-23T12:00:00.000Z')
    .replace(/\b[0-9a-f]{16,}\b/g, '0123456789abcdef')
    .replace(/ {2,}/g, ' ')
    .replace(PID_HEADING, 'PID')
    .replace(/ +$/gm, '')
}

/** What was printed, with three dots wherever the page has them and goes on with a later line. */
export function elided(printed: string, shown: string): string {
  const lines = printed.split('\n')
  const kept: string[] = []
  let at = 0
  const page = shown.split('\n')
  for (const [index, line] of page.entries()) {
    if (line !== ELLIPSIS) {
      kept.push(...lines.slice(at, at + 1))
      at += 1
      continue
    }
    const next = page[index + 1] ?? ''
    const found = lines.indexOf(next, at)
    if (found < 0) break
    kept.push(ELLIPSIS)
    at = found
  }
  return [...kept, ...lines.slice(at)].join('\n')
}
