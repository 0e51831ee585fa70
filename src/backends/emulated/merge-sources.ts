import { DaxError } from '../../core/errors.ts'
import { type Extent, extent } from '../../core/extent.ts'
import { lowestFreeId } from '../../core/lowest-free-id.ts'
import { dynamicRegion } from './dynamic-region.ts'
import { isNamespaceEntry } from './recorded-daxctl.ts'
import { regionNature } from './region-nature.ts'
import { type StaticRecording, staticRegion } from './static-region.ts'
import {
  nextStart,
  overlapped,
  type RecordedDevice,
  type RegionDraft,
  type Topology,
} from './topology.ts'
import type { RegionDescription } from './topology-schema.ts'
import type { TopologySource } from './topology-source.ts'

/** A region on its way into the topology. Those with a place of their own come first. */
interface Candidate {
  readonly id: number | null
  readonly isPlaced: boolean
  draft(id: number, taken: readonly Extent[]): RegionDraft
}

/**
 * One host out of all sources. Recordings of one libnvdimm region by both tools complete each
 * other; regions without a recorded or given start come behind the others.
 * @throws DaxError `malformed` when two regions have one id or share memory.
 */
export function mergeSources(sources: readonly TopologySource[]): Topology {
  const candidates = identified([
    ...sources.flatMap(describedRegions),
    ...sources.flatMap(dynamicRegions),
    ...staticRecordings(sources).map(staticCandidate),
  ])
  const drafts: RegionDraft[] = []
  const order = candidates.toSorted((left, right) => rank(left) - rank(right))
  for (const { id, draft } of order) {
    const taken = drafts.map(({ region }) => region)
    const next = draft(id, taken)
    const other = overlapped(next.region, taken)
    if (other !== undefined) {
      throw new DaxError('malformed', `regions ${other.id} and ${id} share memory`)
    }
    drafts.push(next)
  }
  drafts.sort((left, right) => left.region.id - right.region.id)
  const devices = drafts.flatMap((draft) => draft.devices.toSorted(byNumber))
  requireNames(devices)
  return { regions: drafts.map(({ region }) => region), devices }
}

/** By N of `daxR.N`: the tools list devices in no order. */
function byNumber(left: RecordedDevice, right: RecordedDevice): number {
  return Number(left.chardev.split('.')[1]) - Number(right.chardev.split('.')[1])
}

function rank({ isPlaced }: Candidate): number {
  return isPlaced ? 0 : 1
}

/** Gives those without an id the lowest free ones, in their order. */
function identified(candidates: readonly Candidate[]): (Candidate & { readonly id: number })[] {
  const ids = new Set<number>()
  for (const { id } of candidates) {
    if (id === null) continue
    if (ids.has(id)) throw new DaxError('malformed', `region ${id} is described twice`)
    ids.add(id)
  }
  return candidates.map((candidate) => {
    const id = candidate.id ?? lowestFreeId(ids)
    ids.add(id)
    return { ...candidate, id }
  })
}

function describedRegions(source: TopologySource): Candidate[] {
  if (source.kind !== 'description') return []
  return source.regions.map((given) => ({
    id: given.id ?? null,
    isPlaced: given.start !== undefined,
    draft: (id, taken) => ({ region: describedRegion(id, given, taken), devices: [] }),
  }))
}

function describedRegion(id: number, given: RegionDescription, taken: readonly Extent[]) {
  const { start = nextStart(taken), size, provider, ...facts } = given
  const path = `/platform/${provider}.${id}`
  return regionNature({ ...facts, id, provider, path, ...extent(start, size) })
}

function dynamicRegions(source: TopologySource): Candidate[] {
  if (source.kind !== 'daxctl') return []
  return source.regions
    .filter((region) => !isNamespaceEntry(region))
    .map((region) => ({
      id: region.id,
      isPlaced: region.devices.some((device) => device.size > 0),
      draft: (_, taken) => dynamicRegion(region, taken),
    }))
}

function staticCandidate(recording: StaticRecording): Candidate {
  return {
    id: recording.id,
    isPlaced: recording.listed.length > 0,
    draft: (_, taken) => staticRegion(recording, taken),
  }
}

/** What all sources tell of each libnvdimm region. */
function staticRecordings(sources: readonly TopologySource[]): StaticRecording[] {
  const byId = new Map<number, StaticRecording>()
  for (const source of sources) {
    if (source.kind === 'description') continue
    for (const found of recordingsIn(source)) {
      const known = byId.get(found.id)
      if (known?.region != null && found.region !== null) {
        throw new DaxError('malformed', `ndctl lists region ${found.id} twice`)
      }
      byId.set(found.id, {
        id: found.id,
        path: known?.path ?? found.path,
        listed: [...(known?.listed ?? []), ...found.listed],
        region: known?.region ?? found.region,
      })
    }
  }
  return [...byId.values()]
}

function recordingsIn(source: Exclude<TopologySource, { kind: 'description' }>): StaticRecording[] {
  if (source.kind === 'ndctl') {
    return source.regions.map((region) => ({ id: region.id, path: null, listed: [], region }))
  }
  return source.regions.filter(isNamespaceEntry).map(({ id, path, devices }) => {
    // The last part of the path is the namespace's, what is before it the region's.
    const regionPath = path.slice(0, path.lastIndexOf('/'))
    const listed = devices.filter((device) => device.size > 0)
    return { id, path: regionPath, listed, region: null }
  })
}

/** A name occurs once and is one of its region: `daxR.N`. */
function requireNames(devices: readonly RecordedDevice[]): void {
  const seen = new Set<string>()
  for (const { chardev, region } of devices) {
    if (seen.has(chardev)) throw new DaxError('malformed', `device ${chardev} is listed twice`)
    seen.add(chardev)
    if (new RegExp(`^dax${region}\\.\\d+$`).test(chardev)) continue
    throw new DaxError('malformed', `${chardev} is no name of a device of region ${region}`)
  }
}
