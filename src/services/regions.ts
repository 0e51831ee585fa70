import { DaxError } from '../core/errors.ts'
import { type Extent, endOf, extent, gapsOf, overlaps } from '../core/extent.ts'
import { lowestFreeId } from '../core/lowest-free-id.ts'
import type { Labels, Media, RegionNature, RegionRecord } from '../core/model.ts'
import { STATIC_GRANULARITY, SUBSECTION } from '../core/static-geometry.ts'
import { ALIGNS, type Align, alignUp, type Bytes, bytes, GIB, isAlign } from '../core/units.ts'
import type { Memmap, Placement, RegionKind } from '../core/vocabulary.ts'
import type { Call, Draw } from './call.ts'
import type { HostDeps } from './deps.ts'
import { isIdle, keepIdle } from './device-records.ts'
import { need, needStill } from './lookup.ts'
import { mergeLabels } from './namespace-change.ts'
import { REGION_SET } from './region-queues.ts'
import { changeShares, type SharesChange } from './shares.ts'
import type { StateView } from './world/state.ts'
import { checkRevision, type Transaction } from './world/transaction.ts'

export interface RegionDefinition {
  readonly start?: Bytes
  readonly size: Bytes
  readonly align: Bytes
  readonly kind?: RegionKind
  readonly memmap?: Memmap
  readonly media?: Partial<Media>
  readonly numa_node?: number
  readonly target_node?: number
  readonly labels?: Labels
}

export interface RegionChange {
  readonly labels?: Readonly<Record<string, string | null>>
  readonly placement?: Placement
  readonly schedulable?: boolean
  readonly shares?: SharesChange
}

/** The host's ranges of memory: given on real hosts, defined and dropped on the emulated one. */
export interface Regions {
  define(definition: RegionDefinition, call: Call<RegionRecord>): Promise<RegionRecord>
  rehearse<V>(definition: RegionDefinition, draw: Draw<RegionRecord, V>): V
  change(id: number, change: RegionChange, call: Call<RegionRecord>): Promise<RegionRecord>
  drop(id: number, call: Call<unknown>): Promise<void>
}

/** Regions as the host offers them, with what daxd keeps of its own about them. */
export function createRegions(deps: HostDeps): Regions {
  const { world, backend, queues } = deps
  return {
    define: (definition, call) =>
      queues.run(REGION_SET, async () => {
        const { defineRegion } = backend
        if (defineRegion === undefined) throw givenRegions()
        const nature = natureOf(world.working, definition)
        await refuseShown(deps, nature.id)
        try {
          await defineRegion(nature)
          return await world.commit((tx) => {
            const region = addRegion(tx, nature, definition.labels ?? {})
            call.remember?.(tx, region)
            return region
          })
        } catch (error) {
          await undefine(deps, nature.id)
          throw error
        }
      }),
    rehearse(definition, draw) {
      if (backend.defineRegion === undefined) throw givenRegions()
      return world.rehearse((tx) => {
        const nature = natureOf(tx.view, definition)
        return draw(addRegion(tx, nature, definition.labels ?? {}), tx.view)
      })
    },
    async change(id, change, call) {
      const set = () => world.commit((tx) => changeRegion(tx, id, change, call))
      if (change.shares === undefined) return set()
      const before = need(world.working, 'region', String(id))
      // In the region's turn: what a device under way will take is then already in the books.
      return queues.run(id, () => {
        needStill(world.working, 'region', String(id), before)
        return set()
      })
    },
    async drop(id, call) {
      const before = need(world.working, 'region', String(id))
      await queues.run(REGION_SET, () =>
        queues.run(id, async () => {
          // Its id may have been given to another one by now.
          const region = needStill(world.working, 'region', String(id), before)
          checkRevision(region, call.ifMatch)
          if (backend.dropRegion === undefined) throw givenRegions()
          refuseDevices(world.working, region)
          // A drop that failed after its effect is asked for again: there is nothing left to drop.
          if (await isShown(deps, id)) await backend.dropRegion(id)
          await world.commit((tx) => {
            call.note?.(tx)
            removeRegion(tx, id)
          })
        }),
      )
    },
  }
}

function changeRegion(
  tx: Transaction,
  id: number,
  change: RegionChange,
  call: Call<RegionRecord>,
): RegionRecord {
  const region = need(tx.view, 'region', String(id))
  checkRevision(region, call.ifMatch)
  const { placement = region.placement, schedulable = region.schedulable } = change
  const labels = mergeLabels(region.labels, change.labels)
  const shares =
    change.shares === undefined
      ? {}
      : {
          shares: changeShares(tx.view, region, change.shares),
        }
  const next = tx.update('region', region, { placement, schedulable, labels, ...shares })
  call.remember?.(tx, next)
  return next
}

async function isShown({ backend }: HostDeps, id: number): Promise<boolean> {
  return (await backend.discover()).regions.some((region) => region.id === id)
}

/** What an earlier definition left on the host is not another one's to take back. */
async function refuseShown(deps: HostDeps, id: number): Promise<void> {
  if (!(await isShown(deps, id))) return
  const detail = `The host has a region ${id} that is not in the books yet; reconcile first.`
  throw new DaxError('region_overlap', detail)
}

/** A definition that was refused leaves nothing; what cannot be taken back is shown as a region. */
async function undefine(deps: HostDeps, id: number): Promise<void> {
  try {
    if (await isShown(deps, id)) await deps.backend.dropRegion?.(id)
  } catch (err) {
    deps.log.error({ err, region: id }, 'the definition of a region could not be undone')
  }
}

function givenRegions(): DaxError {
  return new DaxError('unsupported', "This host's regions are given by its hardware.")
}

function addRegion(tx: Transaction, nature: RegionNature, labels: Labels): RegionRecord {
  const region = tx.create('region', {
    ...nature,
    state: 'enabled',
    placement: 'first-fit',
    schedulable: true,
    drift: null,
    labels,
  })
  keepIdle(tx, region)
  return region
}

/**
 * Takes a region that the host has not any more out of the books.
 * @throws DaxError `region_busy` (EBUSY) while there are devices of it in the books.
 */
export function forgetRegion(tx: Transaction, id: number): void {
  refuseDevices(tx.view, need(tx.view, 'region', String(id)))
  removeRegion(tx, id)
}

function removeRegion(tx: Transaction, id: number): void {
  for (const uid of [...tx.view.index.devicesOf(id)]) {
    tx.remove('device', need(tx.view, 'device', uid))
  }
  tx.remove('region', need(tx.view, 'region', String(id)))
}

function refuseDevices(view: StateView, region: RegionRecord): void {
  const devices = [...view.index.devicesOf(region.id)]
    .map((uid) => need(view, 'device', uid))
    .filter((device) => !isIdle(device))
  if (devices.length === 0) return
  throw new DaxError('region_busy', `Region ${region.id} has ${devices.length} devices in it.`, {
    holders: devices.slice(0, 100).map(({ chardev }) => ({ kind: 'device', id: chardev })),
  })
}

/** @throws DaxError `unsupported_align`, `zero_size`, `misaligned_size`, `misaligned_start`,
 *   `region_overlap`, `overflow`. */
function natureOf(view: StateView, definition: RegionDefinition): RegionNature {
  const { kind = 'dynamic', memmap = 'mem', media = {} } = definition
  const align = requireAlign(definition.align)
  const place = requirePlace(view, definition, align)
  const id = lowestFreeId([...view.after('region', -1)].map((region) => region.id))
  const persistent = kind === 'static'
  const numa = definition.numa_node ?? 0
  return {
    id,
    provider: 'emulated',
    path: `/platform/emulated.${id}`,
    kind,
    ...place,
    align,
    granularity: kind === 'static' ? STATIC_GRANULARITY : SUBSECTION,
    supported_aligns: ALIGNS.filter((one) => one <= place.size) as Align[],
    memmap,
    media: {
      persistence: persistent ? 'persistent' : 'volatile',
      type: persistent ? 'pmem' : 'dram',
      ...media,
    },
    numa_node: numa,
    target_node: definition.target_node ?? numa,
    reserved: [],
  }
}

function requireAlign(align: Bytes): Align {
  if (isAlign(align)) return align
  throw new DaxError('unsupported_align', `${align} is not one of ${ALIGNS.join(', ')}.`)
}

function requirePlace(view: StateView, definition: RegionDefinition, align: Align): Extent {
  const { size } = definition
  if (size === 0) throw new DaxError('zero_size', 'A region has at least one unit of its align.')
  if (size % align !== 0) {
    const detail = `The size ${size} is not a multiple of the align ${align}.`
    throw new DaxError('misaligned_size', detail, { suggested_size: alignUp(size, align) })
  }
  const others = [...view.after('region', -1)]
  const start = definition.start ?? nextStart(others, size)
  if (start % align !== 0) {
    const detail = `The start ${start} is not a multiple of the align ${align}.`
    throw new DaxError('misaligned_start', detail)
  }
  const place = extent(start, size)
  const other = others.find((region) => overlaps(region, place))
  if (other === undefined) return { start: place.start, size: place.size }
  const from = `0x${other.start.toString(16)}`
  throw new DaxError('region_overlap', `Region ${other.id} lies at ${from}, ${other.size} bytes.`)
}

/** Below it is what a machine needs for itself; address 0 is nobody's memory. */
const START_MIN = bytes(4 * GIB)

/**
 * The next free 1 GiB boundary above every region, or, where the addresses end, the lowest one
 * with room between them.
 */
function nextStart(others: readonly Extent[], size: Bytes): Bytes {
  const ends = others.map((region): number => endOf(region))
  const last = Math.max(START_MIN, ...ends)
  if (last + GIB + size <= Number.MAX_SAFE_INTEGER) return alignUp(bytes(last), bytes(GIB))
  const whole = extent(START_MIN, bytes(Number.MAX_SAFE_INTEGER - START_MIN))
  for (const gap of gapsOf(whole, others)) {
    const start = alignUp(gap.start, bytes(GIB))
    if (start + size <= endOf(gap)) return start
  }
  throw new DaxError('overflow', `No ${size} bytes are free below 2^53.`)
}
