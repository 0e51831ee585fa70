/** What `daxctl list -RDMi` and `ndctl list -RNi` print, by their own names and units. */
import { z } from 'zod'
import { MODES } from '../src/core/vocabulary.ts'
import * as common from './common.ts'
import { sizeInput } from './size.ts'

const MAPPINGS_COUNT_MAX = 1024

export const daxctlMapping = z
  .object({
    page_offset: z.int().min(0).describe('In 4 KiB pages.'),
    start: common.bytesOutput,
    end: common.bytesOutput.describe('Inclusive.'),
    size: common.bytesOutput,
  })
  .meta({ id: 'DaxctlMapping' })

export const daxctlDevice = z
  .object({
    chardev: z.string(),
    size: common.bytesOutput,
    target_node: z.int().exactOptional(),
    align: common.alignOutput,
    mode: z.string(),
    state: z.literal('disabled').exactOptional().describe('Absent when enabled.'),
    mappings: z.array(daxctlMapping),
  })
  .meta({ id: 'DaxctlDevice' })

/** One device of such a listing, pasted; what daxd does not need of it may be there. */
export const daxctlInput = z
  .looseObject({
    chardev: common.chardevInput.describe('Its region is meant; the number may become another.'),
    size: sizeInput,
    align: sizeInput.exactOptional(),
    mode: z.enum(MODES).exactOptional(),
    state: z.literal('disabled').exactOptional(),
    mappings: z
      .array(z.looseObject({ page_offset: sizeInput, start: sizeInput, end: sizeInput }))
      .max(MAPPINGS_COUNT_MAX)
      .exactOptional(),
  })
  .meta({ id: 'DaxctlInput', description: 'A device as `daxctl list -M` prints it.' })
export type DaxctlInput = z.output<typeof daxctlInput>

export const daxctlRegion = z
  .object({
    path: z.string(),
    id: z.int(),
    size: common.bytesOutput,
    available_size: common.bytesOutput.exactOptional().describe('Absent when 0, as in daxctl.'),
    align: common.alignOutput,
    devices: z.array(daxctlDevice),
  })
  .meta({ id: 'DaxctlRegion' })
export type DaxctlRegion = z.output<typeof daxctlRegion>

export const daxctlExport = z.array(daxctlRegion)

const ndctlNamespace = z
  .object({
    dev: z.string(),
    mode: z.literal('devdax'),
    map: z.string(),
    size: common.bytesOutput.describe('What can be mapped.'),
    uuid: z.string().exactOptional(),
    chardev: z.string(),
    align: common.alignOutput,
    state: z.literal('disabled').exactOptional(),
    name: z.string().exactOptional(),
  })
  .meta({ id: 'NdctlNamespace' })

export const ndctlRegion = z
  .object({
    dev: z.string(),
    size: common.bytesOutput,
    align: common.bytesOutput,
    available_size: common.bytesOutput,
    max_available_extent: common.bytesOutput,
    type: z.literal('pmem'),
    namespaces: z.array(ndctlNamespace),
  })
  .meta({ id: 'NdctlRegion' })
export type NdctlRegion = z.output<typeof ndctlRegion>

export const ndctlExport = z.object({ regions: z.array(ndctlRegion) })
