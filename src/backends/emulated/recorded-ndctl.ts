/** The output of `ndctl list -RNDi`, `-BRNDXi` or `-NXvv`. Source: ndctl's util/json.c. */
import { z } from 'zod'
import { STATIC_GRANULARITY } from '../../core/static-geometry.ts'
import { type Align, alignDown, type Bytes, isAlign } from '../../core/units.ts'
import { MEMMAPS, type Memmap } from '../../core/vocabulary.ts'
import { recordedNumber, recordedSize } from './recorded-number.ts'
import { DEFAULT_ALIGN } from './topology.ts'

/** A namespace of libnvdimm that takes something off its region. */
export interface NdctlNamespace {
  /** I of namespaceR.I. */
  readonly index: number
  readonly isDax: boolean
  /** Where its struct pages are; null for one that has none (sector, raw). */
  readonly memmap: Memmap | null
  /** What can be used of it, bytes, above 0. */
  readonly size: Bytes
  readonly align: Align
  /** `daxR.I`. */
  readonly chardev: string
  readonly enabled: boolean
}

const daxregion = z.object({ devices: z.array(z.object({ chardev: z.string() })).default([]) })

const namespace = z.object({
  dev: z.string().regex(/^namespace\d+\.\d+$/),
  mode: z.string(),
  map: z.enum(MEMMAPS).optional(),
  /** 0 for the seed of the next namespace. */
  size: recordedNumber,
  align: recordedNumber.refine(isAlign, 'is no alignment of a dax device').optional(),
  chardev: z.string().optional(),
  daxregion: daxregion.optional(),
  state: z.string().optional(),
})

export const ndctlRegion = z
  .object({
    dev: z.string().regex(/^region\d+$/),
    size: recordedSize,
    available_size: recordedNumber,
    // Older builds print nonsense for a region without room (ndctl issue 279).
    max_available_extent: recordedNumber.optional().catch(undefined),
    numa_node: z.int().optional(),
    target_node: z.int().optional(),
    namespaces: z.array(namespace).default([]),
  })
  .transform((region) => ({
    id: Number(region.dev.slice('region'.length)),
    size: region.size,
    // Whole units only: for people the last digits are lost.
    available_size: alignDown(region.available_size, STATIC_GRANULARITY),
    max_available_extent: alignDown(
      region.max_available_extent ?? region.available_size,
      STATIC_GRANULARITY,
    ),
    ...(region.numa_node === undefined ? {} : { numa_node: region.numa_node }),
    ...(region.target_node === undefined ? {} : { target_node: region.target_node }),
    namespaces: region.namespaces
      .filter(({ size }) => size > 0)
      .map(namespaceFrom)
      .toSorted((left, right) => left.index - right.index),
  }))

export type NdctlRegion = z.output<typeof ndctlRegion>

function namespaceFrom(listed: z.output<typeof namespace>): NdctlNamespace {
  const [region = '', index = ''] = listed.dev.slice('namespace'.length).split('.')
  const isDax = listed.mode === 'devdax'
  const hasPages = isDax || listed.mode === 'fsdax'
  return {
    index: Number(index),
    isDax,
    memmap: hasPages ? (listed.map ?? 'dev') : null,
    size: listed.size,
    align: listed.align ?? DEFAULT_ALIGN,
    chardev:
      listed.chardev ?? listed.daxregion?.devices[0]?.chardev ?? `dax${Number(region)}.${index}`,
    enabled: listed.state !== 'disabled',
  }
}
