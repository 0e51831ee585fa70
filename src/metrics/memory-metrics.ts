import type { RegionRecord } from '../core/model.ts'
import type { Metrics, Sample } from '../plugins/metrics-registry.ts'
import { regionFigures } from '../services/region-figures.ts'
import type { Services } from '../services/services.ts'
import type { StateView } from '../services/world/state.ts'

/** Of the memory: what there is, what is left, and who has the rest. */
export function registerMemoryMetrics(metrics: Metrics, { world }: Services): void {
  const { durable } = world
  registerRegions(metrics, durable)
  const labels = ['region']
  metrics.gauge(
    { name: 'daxd_pool_size_bytes', help: 'Mappable bytes of the pools of a region.', labels },
    () => byRegion(poolsOf(durable).size),
  )
  metrics.gauge(
    {
      name: 'daxd_pool_claimed_bytes',
      help: 'Bytes of the pools of a region that slices of claims have.',
      labels,
    },
    () => byRegion(poolsOf(durable).claimed),
  )
}

function registerRegions(metrics: Metrics, durable: StateView): void {
  const each = (name: string, help: string, value: (region: RegionRecord) => number): void =>
    metrics.gauge({ name, help, labels: ['region'] }, () =>
      [...durable.after('region', -1)].map((region) => ({
        value: value(region),
        labels: { region: String(region.id) },
      })),
    )
  each(
    'daxd_region_available_bytes',
    'Bytes of a region that can still be had.',
    (region) => regionFigures(durable, region).available_size,
  )
  each(
    'daxd_region_largest_extent_bytes',
    'The largest single piece of them.',
    (region) => regionFigures(durable, region).max_available_extent,
  )
  each('daxd_region_size_bytes', 'Size of a region.', ({ size }) => size)
  each('daxd_region_schedulable', '0 where nothing new is placed.', ({ schedulable }) =>
    schedulable ? 1 : 0,
  )
  const labels = ['region', 'provider', 'kind', 'media', 'persistence', 'numa_node']
  metrics.gauge({ name: 'daxd_region_info', help: 'What a region is; always 1.', labels }, () =>
    [...durable.after('region', -1)].map(({ id, provider, kind, media, numa_node }) => ({
      value: 1,
      labels: {
        region: String(id),
        provider,
        kind,
        media: media.type,
        persistence: media.persistence,
        numa_node: String(numa_node),
      },
    })),
  )
}

interface Pools {
  readonly size: ReadonlyMap<number, number>
  readonly claimed: ReadonlyMap<number, number>
}

function poolsOf(view: StateView): Pools {
  const size = new Map<number, number>()
  const claimed = new Map<number, number>()
  for (const { pool, region, device } of view.after('namespace', -1)) {
    if (!pool || device === null) continue
    add(size, region, view.get('device', device)?.size ?? 0)
    add(claimed, region, 0)
  }
  for (const { request, namespace, length } of view.after('claim', -1)) {
    const pool = request.sharing === 'slice' ? view.get('namespace', namespace ?? '') : undefined
    if (pool !== undefined) add(claimed, pool.region, length)
  }
  return { size, claimed }
}

function add<K>(sums: Map<K, number>, key: K, bytes: number): void {
  sums.set(key, (sums.get(key) ?? 0) + bytes)
}

function byRegion(sums: ReadonlyMap<number, number>): Sample[] {
  return [...sums].map(([region, value]) => ({ value, labels: { region: String(region) } }))
}
