/** What a topology file holds: our own description, or what one of two tools printed. */
import { z } from 'zod'
import { DaxError } from '../../core/errors.ts'
import { type DaxctlRegion, daxctlRegion } from './recorded-daxctl.ts'
import { type NdctlRegion, ndctlRegion } from './recorded-ndctl.ts'
import { type RegionDescription, topologyDescription } from './topology-schema.ts'

export type TopologySource =
  | { readonly kind: 'description'; readonly regions: readonly RegionDescription[] }
  | { readonly kind: 'daxctl'; readonly regions: readonly DaxctlRegion[] }
  | { readonly kind: 'ndctl'; readonly regions: readonly NdctlRegion[] }

/** How many wrong places an error names; a foreign file has as many as it has lines. */
const ISSUES_MAX = 5

/**
 * Tells the kinds apart by their shape and checks the whole.
 * @throws DaxError `malformed` with `issues`.
 */
export function parseTopologySource(value: unknown): TopologySource {
  const entries = entriesOf(value)
  if (entries.some((entry) => /^region\d+$/.test(String(entry.dev)))) {
    return { kind: 'ndctl', regions: check(z.array(ndctlRegion), entries) }
  }
  if (entries.some((entry) => typeof entry.path === 'string')) {
    return { kind: 'daxctl', regions: check(z.array(daxctlRegion), entries) }
  }
  if (
    entries.some((entry) => entry.chardev !== undefined || /^namespace/.test(String(entry.dev)))
  ) {
    throw new DaxError('malformed', 'the listing has no regions; list them, too, with -R')
  }
  return { kind: 'description', ...check(topologyDescription, value) }
}

/** The keys that tell kinds apart. */
interface Entry {
  readonly dev?: unknown
  readonly path?: unknown
  readonly chardev?: unknown
  readonly regions?: unknown
}

/**
 * The regions in a listing. The tools wrap them in buses or an object when several kinds of things
 * were asked for, and with `-u` print a list of one as its only item.
 */
function entriesOf(value: unknown): Entry[] {
  if (Array.isArray(value)) return value.flatMap(entriesOf)
  if (typeof value !== 'object' || value === null) return []
  const entry: Entry = value
  const isBus = typeof entry.dev === 'string' && entry.dev.startsWith('ndbus')
  if (Array.isArray(entry.regions)) return entriesOf(entry.regions)
  return isBus ? [] : [entry]
}

function check<T>(schema: z.ZodType<T>, value: unknown): T {
  const checked = schema.safeParse(value)
  if (checked.success) return checked.data
  const issues = checked.error.issues
    .slice(0, ISSUES_MAX)
    .map(({ path, message }) => ({ path: z.core.toDotPath(path), message }))
  const shown = issues.map(({ path, message }) => (path === '' ? message : `${path}: ${message}`))
  throw new DaxError('malformed', shown.join('; '), { issues })
}
