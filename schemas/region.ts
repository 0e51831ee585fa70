import { z } from 'zod'
import { SHARES_COUNT_MAX } from '../src/core/shares.ts'
import {
  MEMMAPS,
  PERSISTENCES,
  PLACEMENTS,
  PROVIDERS,
  REGION_KINDS,
} from '../src/core/vocabulary.ts'
import * as common from './common.ts'
import { sizeInput } from './size.ts'

const REGION_ID_MAX = 999_999_999

const media = z
  .object({
    persistence: z.enum(PERSISTENCES),
    type: z.string().describe('`dram`, `pmem`, `hbm`, `cxl`, ...'),
    bandwidth: z.number().exactOptional().describe('Bytes a second.'),
    latency_ns: z.number().exactOptional(),
  })
  .meta({ id: 'Media' })

const shareView = z
  .object({
    size: common.bytesOutput.describe('Its quota.'),
    used: common.bytesOutput.describe('Taken of it by namespaces, those of claims among them.'),
    available: common.bytesOutput.describe('What can be taken of it now.'),
  })
  .meta({ id: 'Share' })

const sharesPatch = z
  .record(common.nameInput, sizeInput.nullable())
  .refine((shares) => Object.keys(shares).length <= SHARES_COUNT_MAX, {
    error: `must have at most ${SHARES_COUNT_MAX} entries`,
  })
  .meta({ maxProperties: SHARES_COUNT_MAX })
  .describe(
    'A JSON merge patch: the quota of each share, a multiple of the granularity; null drops it.',
  )

export const regionView = z
  .object({
    id: z.int().min(0),
    provider: z.enum(PROVIDERS),
    path: z.string(),
    kind: z
      .enum(REGION_KINDS)
      .describe('`dynamic`: sub-dividable by the dax bus; `static`: libnvdimm.'),
    start: common.bytesOutput.describe('Physical address.'),
    size: common.bytesOutput,
    available_size: common.bytesOutput,
    max_available_extent: common.bytesOutput.describe('The largest hole.'),
    align: common.alignOutput.describe('The default align of devices in it.'),
    granularity: common.bytesOutput.describe('The smallest unit of allocation.'),
    supported_aligns: z.array(common.alignOutput),
    memmap: z.enum(MEMMAPS),
    media,
    numa_node: z.int(),
    target_node: z.int(),
    state: z.enum(['enabled', 'disabled']),
    placement: z.enum(PLACEMENTS),
    schedulable: z.boolean().describe('False: nothing new is placed in it.'),
    shares: z
      .record(z.string(), shareView)
      .describe('Parts of its memory that are kept for those who name them.'),
    unshared_available_size: common.bytesOutput.describe(
      'What of `available_size` is kept for no share.',
    ),
    drift: z.string().nullable().describe('How the host differs from what daxd wants.'),
    ...common.storedFields,
  })
  .meta({ id: 'Region', description: 'A physical range that the host offers.' })
export type RegionView = z.output<typeof regionView>

/** One piece of a region's map; the pieces follow each other without gaps. */
export const regionMapItem = z
  .object({
    start: common.bytesOutput,
    end: common.bytesOutput.describe('The last byte (inclusive).'),
    size: common.bytesOutput,
    state: z.enum(['free', 'allocated']),
    chardev: z.string().exactOptional(),
    namespace: z.string().exactOptional(),
  })
  .meta({ id: 'RegionMapItem' })
export type RegionMapItem = z.output<typeof regionMapItem>

/** How a region is filled and how scattered its free bytes are. */
const regionSummaryView = z
  .object({
    size: common.bytesOutput,
    allocated_size: common.bytesOutput,
    free_size: common.bytesOutput,
    allocations: z.int().min(0).describe('Pieces in use, each of one owner.'),
    holes: z.int().min(0),
    largest_hole: common.bytesOutput,
    fragmentation: z
      .number()
      .min(0)
      .max(1)
      .describe('The part of the free bytes outside the largest hole; 0 for one hole or none.'),
    aligns: z
      .array(
        z.object({
          align: common.bytesOutput,
          holes: z.int().min(0).describe('Holes with at least one whole unit.'),
          usable_size: common.bytesOutput,
          max_extent: common.bytesOutput,
        }),
      )
      .describe('What can be had of the free bytes at each supported align.'),
    hole_sizes: z
      .array(
        z.object({
          min_size: common.bytesOutput,
          holes: z.int().min(1),
          size: common.bytesOutput,
        }),
      )
      .describe('Holes from min_size to below twice that; classes without holes are left out.'),
  })
  .meta({ id: 'RegionSummary' })

export const regionMapQuery = z.strictObject({
  summary: common.booleanText.exactOptional().describe('Answer the figures instead of the pieces.'),
})

export const regionPage = common.pageOf(regionView)
const regionMapPage = common.pageOf(regionMapItem)
/** The pieces, or with `summary` the figures. */
export const regionMapAnswer = z.union([regionMapPage, regionSummaryView])

/** Without it a request takes of what no share keeps. */
export const shareInput = common.nameInput.describe(
  'The share of the region to take of; without it, of what no share keeps.',
)

export const regionIdInput = z.int().min(0).max(REGION_ID_MAX).describe('The id of a region.')
export const regionParams = z.strictObject({ id: common.decimalText(regionIdInput) })
export const regionListQuery = z.strictObject({ ...common.pageQueryFields })

export const regionCreate = z.strictObject({
  start: sizeInput.exactOptional().describe('Without it, the next free 1 GiB boundary.'),
  size: sizeInput,
  align: sizeInput.describe('4096, 2097152 or 1073741824.'),
  kind: z.enum(REGION_KINDS).exactOptional(),
  memmap: z.enum(MEMMAPS).exactOptional(),
  media: z
    .strictObject({
      persistence: z.enum(PERSISTENCES).exactOptional(),
      type: common.printable(1, 64).exactOptional(),
      bandwidth: z.int().min(0).exactOptional().describe('Bytes a second.'),
      latency_ns: z.int().min(0).exactOptional(),
    })
    .exactOptional()
    .describe('What the emulated region plays.'),
  numa_node: common.nodeInput.exactOptional(),
  target_node: common.nodeInput.exactOptional(),
  labels: common.labelsInput.exactOptional(),
})
export type RegionCreate = z.output<typeof regionCreate>

export const regionPatch = z.strictObject({
  labels: common.labelsPatch.exactOptional(),
  placement: z.enum(PLACEMENTS).exactOptional(),
  schedulable: z.boolean().exactOptional(),
  shares: sharesPatch.exactOptional(),
})
export type RegionPatch = z.output<typeof regionPatch>
