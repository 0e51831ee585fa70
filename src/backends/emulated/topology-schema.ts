/** Our own description of an emulated host's regions, written by people in YAML or JSON. */
import { z } from 'zod'
import { DaxError } from '../../core/errors.ts'
import { parseSize } from '../../core/size-text.ts'
import { bytes, isAlign, isMultiple } from '../../core/units.ts'
import { MEMMAPS, PERSISTENCES, PROVIDERS, REGION_KINDS } from '../../core/vocabulary.ts'
import { DEFAULT_ALIGN } from './topology.ts'

const REGIONS_MAX = 1024
const REGION_ID_MAX = 999_999_999
const MEDIA_TYPE_CHARACTERS_MAX = 64
/** Source: the kernel's MAX_NUMNODES, at most 2^10; -1 is NUMA_NO_NODE. */
const NODE_MIN = -1
const NODE_MAX = 1023

const size = z.union([z.number(), z.string()]).transform((input, context) => {
  try {
    return parseSize(input)
  } catch (error) {
    if (!(error instanceof DaxError)) throw error
    context.issues.push({ code: 'custom', input, message: error.message })
    return z.NEVER
  }
})

const align = size.refine(isAlign, 'is not 4096, 2 MiB or 1 GiB')
const node = z.int().min(NODE_MIN).max(NODE_MAX)

const region = z
  .strictObject({
    id: z.int().min(0).max(REGION_ID_MAX).exactOptional(),
    kind: z.enum(REGION_KINDS).default('dynamic'),
    start: size.exactOptional(),
    size: size.refine((value) => value > 0, 'is zero'),
    align: align.default(DEFAULT_ALIGN),
    memmap: z.enum(MEMMAPS).exactOptional(),
    media: z
      .strictObject({
        persistence: z.enum(PERSISTENCES).exactOptional(),
        type: z.string().min(1).max(MEDIA_TYPE_CHARACTERS_MAX).exactOptional(),
        bandwidth: z.int().min(0).exactOptional(),
        latency_ns: z.int().min(0).exactOptional(),
      })
      .exactOptional(),
    provider: z.enum(PROVIDERS).default('emulated'),
    numa_node: node.exactOptional(),
    target_node: node.exactOptional(),
  })
  .superRefine((given, context) => {
    for (const key of ['start', 'size'] as const) {
      if (isMultiple(given[key] ?? bytes(0), given.align)) continue
      const message = `is not a multiple of the align, ${given.align}`
      context.addIssue({ code: 'custom', path: [key], message })
    }
  })

export const topologyDescription = z.strictObject({
  regions: z.array(region).min(1).max(REGIONS_MAX),
})

export type RegionDescription = z.output<typeof region>
