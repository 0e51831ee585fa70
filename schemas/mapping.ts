import { z } from 'zod'
import { MAP_FLAGS, MAPPING_STATES, PROTS } from '../src/core/vocabulary.ts'
import * as common from './common.ts'
import { sizeInput, sizeText } from './size.ts'

const FLAGS_COUNT_MAX = 16
const FLAG_LENGTH_MAX = 64

/** The exact call to make. */
export const mmapView = z
  .object({
    path: z.string(),
    offset: common.bytesOutput,
    length: common.bytesOutput,
    prot: z.array(z.enum(PROTS)),
    flags: z.array(z.enum(MAP_FLAGS)),
    address_align: common.bytesOutput.describe('What the address must be a multiple of.'),
  })
  .meta({ id: 'Mmap', description: 'The exact mmap(2) call to make.' })

export const mappingView = z
  .object({
    id: z.string(),
    handle: z.string(),
    chardev: z.string(),
    generation: common.generationOutput,
    holder: z.string(),
    lease: z.string().nullable(),
    offset: common.bytesOutput.describe("From the device's start."),
    length: common.bytesOutput,
    align: common.alignOutput,
    exclusive: z.boolean(),
    dontfork: z.boolean(),
    state: z
      .enum(MAPPING_STATES)
      .describe('`wiping`: it is over, and its place is free once its bytes are zero.'),
    ranges: z.array(common.rangeOutput).describe('The physical ranges under it.'),
    mmap: mmapView,
    tenant: common.tenantOutput,
    ...common.storedFields,
  })
  .meta({ id: 'Mapping', description: 'An aligned part of a device that someone may mmap.' })
export type MappingView = z.output<typeof mappingView>

/** What a touch of one byte of a mapping resolves to. */
export const translationView = z
  .object({
    physical: common.bytesOutput.describe('The physical address.'),
    device_offset: common.bytesOutput,
    level: z.enum(['pte', 'pmd', 'pud']),
    page_size: common.bytesOutput,
    range: z.object({ start: common.bytesOutput, end: common.bytesOutput }),
  })
  .meta({ id: 'Translation' })
export type TranslationView = z.output<typeof translationView>

export const mappingPage = common.pageOf(mappingView)
export const mappingParams = z.strictObject({ id: common.identifier })
export const mappingListQuery = z.strictObject({
  ...common.pageQueryFields,
  chardev: common.identifier.exactOptional(),
  handle: common.identifier.exactOptional(),
  holder: common.identifier.exactOptional(),
  state: z.enum(MAPPING_STATES).exactOptional(),
})
export type MappingListQuery = z.output<typeof mappingListQuery>

export const translateQuery = z.strictObject({
  offset: sizeText.describe("Bytes from the mapping's start."),
})

export const mappingCreate = z.strictObject({
  handle: common.identifier,
  length: sizeInput,
  offset: sizeInput.exactOptional().describe('Without it, the broker chooses one.'),
  align: sizeInput.exactOptional(),
  flags: z
    .array(common.printable(0, FLAG_LENGTH_MAX))
    .max(FLAGS_COUNT_MAX)
    .exactOptional()
    .describe('Default: `["MAP_SHARED"]`. An unknown flag is EOPNOTSUPP.'),
  prot: z
    .array(z.enum(PROTS))
    .max(FLAGS_COUNT_MAX)
    .exactOptional()
    .describe('Default: `["PROT_READ","PROT_WRITE"]`.'),
  dontfork: z.boolean().exactOptional().describe('The caller promises madvise(MADV_DONTFORK).'),
  exclusive: z.boolean().exactOptional().describe('Default: true.'),
  labels: common.labelsInput.exactOptional(),
})
export type MappingCreate = z.output<typeof mappingCreate>
