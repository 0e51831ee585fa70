import { crc32 } from 'node:zlib'

/** Cannot stand in a kind or an id, so that no two rows give the same text. */
const SEPARATOR = '\0'

type Column = string | number | null

/**
 * The checksum that a row of the ledger carries over its columns, an unsigned 32-bit CRC. SQLite
 * has none for the pages of its file: a bit that the disk turned would be believed.
 */
export function sumOfRow(columns: readonly Column[]): number {
  return crc32(columns.join(SEPARATOR))
}

/** True when a row of `records` is what was written; rows of an older schema have no checksum. */
export function isSoundRecord(row: Readonly<Record<string, unknown>>): boolean {
  const { kind, id, revision, body, sum } = row as Readonly<Record<string, string | number>>
  return sum === undefined || sum === sumOfRow([kind, id, revision, body] as Column[])
}

/** The same of a row of `events`, which has several events of a commit. */
export function isSoundGroup(row: Readonly<Record<string, unknown>>): boolean {
  const { revision, count, body, sum } = row as Readonly<Record<string, Column>>
  return sum === sumOfRow([revision, count, body] as Column[])
}

/** The same of a row of `events` before schema version 5, which has a single event. */
export function isSoundEvent(row: Readonly<Record<string, unknown>>): boolean {
  const { revision, at_ms, type, kind, id, object, tenant, sum } = row as Readonly<
    Record<string, Column>
  >
  if (sum === undefined) return true
  const columns = [revision, at_ms, type, kind, id, object] as Column[]
  return sum === sumOfEvent(columns, tenant ?? null)
}

/** The checksum of one event: what was written before there were tenants keeps the one it has. */
function sumOfEvent(columns: readonly Column[], tenant: Column): number {
  return sumOfRow(tenant === null ? columns : [...columns, tenant])
}
