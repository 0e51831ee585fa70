import { DaxError, type ErrorCode } from '../core/errors.ts'
import type { NamespaceRequest, RegionRecord } from '../core/model.ts'
import type { HostDeps } from './deps.ts'
import { need } from './lookup.ts'
import { regionFigures } from './region-figures.ts'
import { misfit, noRegion, type Passed, selectRegions } from './selection.ts'
import type { Transaction } from './world/transaction.ts'

/** Refusals after which another region may still take the request. */
const ELSEWHERE: readonly ErrorCode[] = [
  'no_space',
  'share_exhausted',
  'no_such_share',
  'no_region',
  'no_such_region',
  'unsupported_align',
  'unsupported',
  'unsupported_ranges',
  'too_small',
  'misaligned_size',
  'range_outside',
  'misaligned_range',
  'no_memory_block',
]

/** Refusals with figures of one region, which say little about several. */
const OF_ONE_REGION: readonly ErrorCode[] = ['no_space', 'share_exhausted']

/** Refusals of exact places, the most telling first. */
const EXACT: readonly ErrorCode[] = ['misaligned_range', 'range_outside', 'unsupported_ranges']

function mayFitElsewhere(error: unknown): error is DaxError {
  return error instanceof DaxError && ELSEWHERE.includes(error.code)
}

function candidates(
  deps: HostDeps,
  request: Pick<NamespaceRequest, 'region' | 'selector'>,
): { readonly fit: readonly RegionRecord[]; readonly passed: readonly Passed[] } {
  const view = deps.world.working
  if (request.region === undefined) return selectRegions(view, request.selector ?? {})
  const region = need(view, 'region', String(request.region))
  const { passed } = selectRegions(view, request.selector ?? {})
  const why = passed.find((entry) => entry.region === region.id)
  if (why === undefined) return { fit: [region], passed: [] }
  return { fit: [], passed: [why] }
}

/**
 * Tries a request in each region that fits, in the order of their ids. With one candidate its own
 * refusal is the answer; with several, `no_region` names each with its reason.
 */
export async function inFittingRegion<T>(
  deps: HostDeps,
  request: Pick<NamespaceRequest, 'region' | 'selector'>,
  attempt: (region: number) => Promise<T>,
): Promise<T> {
  const { fit, passed } = candidates(deps, request)
  const refusals: Refusal[] = []
  for (const region of fit) {
    try {
      return await deps.queues.run(region.id, () => {
        stillFits(deps, region, request)
        return attempt(region.id)
      })
    } catch (error) {
      if (!mayFitElsewhere(error)) throw error
      refusals.push({ region, error })
    }
  }
  throw refusalOf(deps, refusals, passed)
}

/**
 * Asked in the region's turn: while the request waited, the region may have been closed to new
 * things, or dropped and its id given to another.
 * @throws DaxError `no_such_region`, `no_region`.
 */
function stillFits(
  { world }: HostDeps,
  { id, seq }: RegionRecord,
  { selector = {} }: Pick<NamespaceRequest, 'selector'>,
): void {
  const region = need(world.working, 'region', String(id))
  if (region.seq !== seq) throw new DaxError('no_such_region', `Region ${id} was dropped.`)
  const why = misfit(world.working, region, selector)
  if (why !== null) throw noRegion([{ region: id, why }], regionFigures(world.working, region))
}

/** {@link inFittingRegion} for a dry run. */
export function rehearseInFittingRegion<T>(
  deps: HostDeps,
  request: Pick<NamespaceRequest, 'region' | 'selector'>,
  attempt: (tx: Transaction, region: number) => T,
): T {
  const { fit, passed } = candidates(deps, request)
  const refusals: Refusal[] = []
  for (const region of fit) {
    try {
      return deps.world.rehearse((tx) => attempt(tx, region.id))
    } catch (error) {
      if (!mayFitElsewhere(error)) throw error
      refusals.push({ region, error })
    }
  }
  throw refusalOf(deps, refusals, passed)
}

interface Refusal {
  readonly region: RegionRecord
  readonly error: DaxError
}

/** What is wrong with exact places is wrong whatever the regions that take none say. */
function exactRefusal(refusals: readonly Refusal[]): DaxError | null {
  if (!refusals.every(({ error }) => EXACT.includes(error.code))) return null
  const codes = EXACT.map((code) => refusals.find(({ error }) => error.code === code))
  return codes.find((refusal) => refusal !== undefined)?.error ?? null
}

/** One sort of refusal everywhere is that refusal; different ones are told region by region. */
function refusalOf(
  deps: HostDeps,
  refusals: readonly Refusal[],
  passed: readonly Passed[],
): DaxError {
  const first = refusals[0]
  if (first !== undefined && passed.length === 0) {
    if (refusals.length === 1) return first.error
    const same = refusals.every(({ error }) => error.code === first.error.code)
    if (same && !OF_ONE_REGION.includes(first.error.code)) return first.error
    const exact = exactRefusal(refusals)
    if (exact !== null) return exact
  }
  const figures = refusals.map(({ region }) => regionFigures(deps.world.working, region))
  const reasons = refusals.map(({ region, error }) => ({ region: region.id, why: error.message }))
  return noRegion([...passed, ...reasons], {
    available_size: Math.max(0, ...figures.map((figure) => figure.available_size)),
    max_available_extent: Math.max(0, ...figures.map((figure) => figure.max_available_extent)),
  })
}
