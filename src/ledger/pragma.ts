import type { DatabaseSync } from 'node:sqlite'
import { invariant } from '../core/invariant.ts'

/** The value of a PRAGMA that answers one integer. */
export function readPragma(database: DatabaseSync, name: string): number {
  const row = database.prepare(`PRAGMA ${name}`).get()
  const value = row === undefined ? undefined : Object.values(row)[0]
  invariant(typeof value === 'number', 'the pragma answers an integer', name)
  return value
}
