import type { DatabaseSync } from 'node:sqlite'

/**
 * What SQLite finds wrong with the pages of a database, each on one line, none when they hold
 * together. `quick_check` reads every page, `integrity_check` holds the indexes to the rows, too.
 */
export function pageProblems(
  database: DatabaseSync,
  check: 'quick_check' | 'integrity_check',
  limit: number,
): string[] {
  const verdicts = database.prepare(`PRAGMA ${check}(${limit})`).all()
  return verdicts
    .map((row) => String(Object.values(row)[0]))
    .filter((verdict) => verdict !== 'ok')
    .map((verdict) =>
      verdict.replace(/^\*\*\* in database \w+ \*\*\*\n/, '').replaceAll('\n', '; '),
    )
}
