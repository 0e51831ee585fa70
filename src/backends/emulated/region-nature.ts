import type { Media, RegionNature } from '../../core/model.ts'
import { STATIC_GRANULARITY, SUBSECTION } from '../../core/static-geometry.ts'
import { ALIGNS, type Align, type Bytes, bytes, isAlign } from '../../core/units.ts'
import type { Memmap, Provider, RegionKind } from '../../core/vocabulary.ts'

/** What of a region's nature is not the same for all of its kind. */
export interface RegionFacts {
  readonly id: number
  readonly kind: RegionKind
  readonly provider: Provider
  readonly path: string
  readonly start: Bytes
  readonly size: Bytes
  readonly align: Align
  readonly memmap?: Memmap
  readonly media?: Partial<Media>
  readonly numa_node?: number
  readonly target_node?: number
  readonly reserved?: RegionNature['reserved']
}

/** The whole nature of an emulated region: what was not said is as on an ordinary host. */
export function regionNature(facts: RegionFacts): RegionNature {
  const isStatic = facts.kind === 'static'
  const { bandwidth, latency_ns } = facts.media ?? {}
  return {
    id: facts.id,
    provider: facts.provider,
    path: facts.path,
    kind: facts.kind,
    start: facts.start,
    size: facts.size,
    align: facts.align,
    granularity: isStatic ? STATIC_GRANULARITY : SUBSECTION,
    supported_aligns: ALIGNS.map(bytes)
      .filter(isAlign)
      .filter((align) => align <= facts.size),
    memmap: facts.memmap ?? 'mem',
    media: {
      persistence: facts.media?.persistence ?? (isStatic ? 'persistent' : 'volatile'),
      type: facts.media?.type ?? (isStatic ? 'pmem' : 'dram'),
      ...(bandwidth === undefined ? {} : { bandwidth }),
      ...(latency_ns === undefined ? {} : { latency_ns }),
    },
    numa_node: facts.numa_node ?? 0,
    target_node: facts.target_node ?? facts.numa_node ?? 0,
    reserved: facts.reserved ?? [],
  }
}
