/**
 * Shares of a region: a quota each, so that two schedulers that know nothing of each other never
 * promise the same bytes. What a share has not used is kept for it; who is in no share takes of
 * what is beyond. Pure.
 */
import { DaxError } from './errors.ts'
import { formatSize } from './size-text.ts'
import { alignUp, type Bytes, bytes } from './units.ts'

/** The size of each share, by its name. */
export type Shares = Readonly<Record<string, Bytes>>

/** A share as it stands. */
export interface ShareFigures {
  readonly size: Bytes
  readonly used: Bytes
  /** What can be taken of it now: never more than the region has left. */
  readonly available: Bytes
}

/** What the shares of a region are reckoned from. */
export interface ShareGround {
  readonly shares: Shares
  /** What is taken of each; a share that is not named has nothing taken. */
  readonly used: ReadonlyMap<string, Bytes>
  /** What the region has left, whoever may take it. */
  readonly available: Bytes
}

/** Shares of one region at most. */
export const SHARES_COUNT_MAX = 16

/** The figures of every share, in the order of their names. */
export function shareFigures(ground: ShareGround): ReadonlyMap<string, ShareFigures> {
  const names = Object.keys(ground.shares).sort()
  return new Map(names.map((name) => [name, figuresOf(ground, name)]))
}

/** What is left for those in no share, bytes: not what any share has yet to take. */
export function unsharedAvailable(ground: ShareGround): Bytes {
  return bytes(Math.max(0, ground.available - keptBytes(ground)))
}

/**
 * The shares after a merge patch, where null takes one away.
 *
 * Nothing is promised that is not there: what all shares together have yet to take must be left in
 * the region. A change that promises no more than before passes even where that has become untrue,
 * because somebody took memory past daxd.
 *
 * @throws DaxError `misaligned_size`, `share_busy` (EBUSY) below what is used, `no_space`,
 *   `malformed` for too many.
 */
export function patchShares(
  ground: ShareGround,
  change: Readonly<Record<string, Bytes | null>>,
  granularity: Bytes,
): Shares {
  const sizes = new Map(Object.entries(ground.shares))
  for (const [name, size] of Object.entries(change)) {
    requireMultiple(name, size ?? bytes(0), granularity)
    requireUsed(name, size ?? bytes(0), ground.used.get(name) ?? bytes(0))
    if (size === null) sizes.delete(name)
    else sizes.set(name, size)
  }
  if (sizes.size > SHARES_COUNT_MAX) {
    throw new DaxError('malformed', `A region has at most ${SHARES_COUNT_MAX} shares.`)
  }
  const shares = Object.fromEntries(sizes)
  const kept = keptBytes({ ...ground, shares })
  if (kept <= ground.available || kept <= keptBytes(ground)) return shares
  const left = unsharedAvailable(ground)
  const detail = `The shares would keep ${formatSize(bytes(kept))}, the region has ${formatSize(ground.available)} left.`
  throw new DaxError('no_space', detail, { available_size: left })
}

function figuresOf({ shares, used, available }: ShareGround, name: string): ShareFigures {
  const size = shares[name] ?? bytes(0)
  const taken = used.get(name) ?? bytes(0)
  const left = Math.max(0, Math.min(size - taken, available))
  return { size, used: taken, available: bytes(left) }
}

/** What the shares have yet to take; a plain number, since a sum of promises may be beyond 2^53. */
function keptBytes({ shares, used }: Pick<ShareGround, 'shares' | 'used'>): number {
  return Object.entries(shares).reduce(
    (sum, [name, size]) => sum + Math.max(0, size - (used.get(name) ?? 0)),
    0,
  )
}

function requireMultiple(name: string, size: Bytes, granularity: Bytes): void {
  if (size % granularity === 0) return
  const detail = `Share ${name} of ${size} bytes is no multiple of ${formatSize(granularity)}.`
  throw new DaxError('misaligned_size', detail, { suggested_size: alignUp(size, granularity) })
}

function requireUsed(name: string, size: Bytes, used: Bytes): void {
  if (size >= used) return
  throw new DaxError('share_busy', `${formatSize(used)} of share ${name} are in use.`)
}
