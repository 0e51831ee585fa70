import { z } from 'zod'
import type { RegionNature } from '../../core/model.ts'
import { type Align, type Bytes, isAlign } from '../../core/units.ts'
import { MEMMAPS, MODES, PERSISTENCES, PROVIDERS, REGION_KINDS } from '../../core/vocabulary.ts'
import type { DeviceShape } from '../../ports/backend.ts'

/** A device as its file in `host/` tells it. */
export interface DeviceOnDisk extends DeviceShape {
  readonly chardev: string
  readonly region: number
  /** Null for the empty id 0 of a dynamic region. */
  readonly name: string | null
  readonly uuid: string | null
  readonly enabled: boolean
  /** Enabled, but nobody may open it for a while; a restart of daxd ends this. */
  readonly fenced: boolean
  readonly minor: number
  /** Which inode of this name holds the data; grows when users of an older one are revoked. */
  readonly serial: number
}

const bytesSchema = z.custom<Bytes>((value) => Number.isSafeInteger(value) && Number(value) >= 0)
const alignSchema = z.custom<Align>((value) => typeof value === 'number' && isAlign(value))
const countSchema = z.int().nonnegative()
const extentSchema = z.object({ start: bytesSchema, size: bytesSchema })

/** A region's file in `host/`. */
export const regionSchema: z.ZodType<RegionNature> = z.object({
  id: countSchema,
  provider: z.enum(PROVIDERS),
  path: z.string(),
  kind: z.enum(REGION_KINDS),
  start: bytesSchema,
  size: bytesSchema,
  align: alignSchema,
  granularity: bytesSchema,
  supported_aligns: z.array(alignSchema),
  memmap: z.enum(MEMMAPS),
  media: z.object({
    persistence: z.enum(PERSISTENCES),
    type: z.string(),
    bandwidth: z.number().exactOptional(),
    latency_ns: z.number().exactOptional(),
  }),
  numa_node: z.int(),
  target_node: z.int(),
  reserved: z.array(extentSchema),
})

/** A device's file in `host/`. */
export const deviceSchema: z.ZodType<DeviceOnDisk> = z.object({
  chardev: z.string(),
  region: countSchema,
  name: z.string().nullable(),
  uuid: z.string().nullable(),
  align: alignSchema,
  memmap: z.enum(MEMMAPS),
  mode: z.enum(MODES),
  extents: z.array(extentSchema),
  ranges: z.array(z.object({ ...extentSchema.shape, offset: bytesSchema })),
  enabled: z.boolean(),
  fenced: z.boolean(),
  minor: countSchema,
  serial: countSchema,
})
