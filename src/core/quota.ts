/**
 * What a tenant may have: limits on bytes, by kind of media and by region, and on objects. Pure;
 * what it has is reckoned from the records, so it is right after every crash.
 */
import { DaxError } from './errors.ts'
import { formatSize } from './size-text.ts'
import type { Bytes } from './units.ts'

/** Objects that are counted. */
export const COUNTED = ['namespaces', 'claims', 'leases', 'handles', 'mappings'] as const
export type Counted = (typeof COUNTED)[number]

/** The most that a tenant may have; what is absent is not limited. */
export interface Quota {
  readonly bytes?: Bytes
  /** By the kind of the media: `dram`, `pmem`, `hbm`, `cxl`, ... */
  readonly bytes_by_media?: Readonly<Record<string, Bytes>>
  /** By the region's id. */
  readonly bytes_by_region?: Readonly<Record<string, Bytes>>
  readonly counts?: Readonly<Partial<Record<Counted, number>>>
}

/** What a tenant has, what is planned included. */
export interface Usage {
  readonly bytes: number
  readonly bytes_by_media: Readonly<Record<string, number>>
  readonly bytes_by_region: Readonly<Record<string, number>>
}

/** Bytes that somebody is about to take. */
export interface WantedBytes {
  readonly size: Bytes
  readonly region: number
  readonly media: string
}

/**
 * Refuses what would go beyond a limit, naming the one that is hit first.
 * @throws DaxError `quota_exhausted` (ENOSPC) with what is left of the limit.
 */
export function requireBytes(
  tenant: string,
  quota: Quota,
  usage: Usage,
  { size, region, media }: WantedBytes,
): void {
  const limits: readonly [string, number | undefined, number][] = [
    ['', quota.bytes, usage.bytes],
    [` of ${media}`, quota.bytes_by_media?.[media], usage.bytes_by_media[media] ?? 0],
    [
      ` in region ${region}`,
      quota.bytes_by_region?.[String(region)],
      usage.bytes_by_region[String(region)] ?? 0,
    ],
  ]
  for (const [where, limit, used] of limits) {
    if (limit === undefined || used + size <= limit) continue
    const left = Math.max(0, limit - used)
    const detail =
      `Tenant ${tenant} has ${formatBytes(left)} left of its ${formatBytes(limit)}${where}, ` +
      `and ${formatBytes(size)} are asked for.`
    throw new DaxError('quota_exhausted', detail, { available_size: left })
  }
}

/** The same for one more object. @throws DaxError `quota_exhausted` (ENOSPC). */
export function requireCount(tenant: string, quota: Quota, what: Counted, used: number): void {
  const limit = quota.counts?.[what]
  if (limit === undefined || used < limit) return
  throw new DaxError('quota_exhausted', `Tenant ${tenant} has ${used} of ${limit} ${what}.`)
}

function formatBytes(size: number): string {
  return formatSize(size as Bytes)
}
