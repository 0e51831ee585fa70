import { DaxError } from '../core/errors.ts'
import type { Labels, RegionRecord, Selector } from '../core/model.ts'
import { regionFigures } from './region-figures.ts'
import type { StateView } from './world/state.ts'

/** A region that was passed over, and why. */
export interface Passed {
  readonly region: number
  readonly why: string
}

/** Why a region does not fit a selector, null when it does. */
export function misfit(view: StateView, region: RegionRecord, selector: Selector): string | null {
  if (!region.schedulable) return 'it is not schedulable'
  if (region.state !== 'enabled') return `it is ${region.state}`
  if (selector.namespace !== undefined) return 'only a slice is placed in a namespace'
  const wanted: readonly [string, unknown, unknown][] = [
    ['id', selector.region, region.id],
    ['provider', selector.provider, region.provider],
    ['persistence', selector.persistence, region.media.persistence],
    ['numa_node', selector.numa_node, region.numa_node],
    ['target_node', selector.target_node, region.target_node],
    ['kind', selector.kind, region.kind],
  ]
  for (const [name, asked, has] of wanted) {
    if (asked !== undefined && asked !== has) return `its ${name} is ${has}, not ${asked}`
  }
  const label = missingLabel(region.labels, selector.labels ?? {})
  if (label !== null) return `its label ${label} differs`
  const { available_size: available } = regionFigures(view, region)
  const least = selector.min_available
  if (least !== undefined && available < least) {
    return `${available} bytes are available, not ${least}`
  }
  return null
}

/** Regions that fit, in the order they are tried; the others with the reason. */
export function selectRegions(
  view: StateView,
  selector: Selector,
): { readonly fit: readonly RegionRecord[]; readonly passed: readonly Passed[] } {
  const fit: RegionRecord[] = []
  const passed: Passed[] = []
  for (const region of view.after('region', -1)) {
    const why = misfit(view, region, selector)
    if (why === null) fit.push(region)
    else passed.push({ region: region.id, why })
  }
  fit.sort((left, right) => left.id - right.id)
  return { fit, passed }
}

/** The refusal when no region could take the request: each region with its reason. */
export function noRegion(
  passed: readonly Passed[],
  best: { readonly available_size: number; readonly max_available_extent: number },
): DaxError {
  const issues = [...passed]
    .sort((left, right) => left.region - right.region)
    .map(({ region, why }) => ({ path: `/regions/${region}`, message: why }))
  const detail = issues.length === 0 ? 'The host has no region.' : 'No region can take the request.'
  return new DaxError('no_region', detail, { issues, ...best })
}

function missingLabel(labels: Labels, wanted: Labels): string | null {
  for (const [key, value] of Object.entries(wanted)) if (labels[key] !== value) return key
  return null
}
