import { z } from 'zod'
import { MEMMAPS, MODES, NAMESPACE_STATES, WIPES } from '../src/core/vocabulary.ts'
import * as common from './common.ts'
import { daxctlInput } from './export.ts'
import { problemView } from './problem.ts'
import { regionIdInput, shareInput } from './region.ts'
import { selectorInput } from './selector.ts'
import { sizeInput } from './size.ts'

const EXACT_RANGES_COUNT_MAX = 1024

export const namespaceView = z
  .object({
    name: z.string(),
    uuid: z.string(),
    region: z.int(),
    size: common.bytesOutput.describe('What is taken off the region.'),
    align: common.alignOutput,
    mode: z.enum(MODES),
    memmap: z.enum(MEMMAPS),
    contiguous: z.boolean(),
    pool: z.boolean().describe('Slices of claims may be placed in it.'),
    enabled: z.boolean().describe('Whether its device is wanted enabled.'),
    wipe: z.enum(WIPES).describe('As it is done: the strictest that anybody wants.'),
    share: z.string().nullable().describe('The share of the region that it is taken of.'),
    state: z.enum(NAMESPACE_STATES),
    chardev: z.string().nullable(),
    claim: z.string().nullable().describe('The claim that made it.'),
    ranges: z.array(common.rangeOutput),
    problem: problemView.nullable(),
    revoked: common.revokedOutput.exactOptional(),
    tenant: common.tenantOutput,
    ...common.storedFields,
  })
  .meta({ id: 'Namespace', description: 'Desired state: a named slice of a region.' })
export type NamespaceView = z.output<typeof namespaceView>

export const namespacePage = common.pageOf(namespaceView)
export const namespaceParams = z.strictObject({ name: common.identifier })
export const namespaceListQuery = z.strictObject({
  ...common.pageQueryFields,
  region: common.decimalText(regionIdInput).exactOptional(),
  chardev: common.identifier.exactOptional(),
  state: z.enum(NAMESPACE_STATES).exactOptional(),
})
export type NamespaceListQuery = z.output<typeof namespaceListQuery>

const exactRange = z.strictObject({
  start: sizeInput.describe('Physical address of the first byte.'),
  end: sizeInput.describe('Physical address of the last byte (inclusive).'),
})

/** What a pasted device tells by itself. */
const TOLD_BY_INPUT = ['region', 'selector', 'size', 'ranges', 'align', 'mode', 'enabled'] as const

export const namespaceCreate = z
  .strictObject({
    name: common.nameInput.exactOptional(),
    region: regionIdInput.exactOptional(),
    selector: selectorInput.exactOptional(),
    size: z
      .union([z.literal('max'), sizeInput], { error: 'must be a size or "max"' })
      .exactOptional()
      .describe('What is taken off the region; may be left out with `ranges`.'),
    align: sizeInput.exactOptional(),
    mode: z.enum(MODES).exactOptional().describe('Default: `devdax`.'),
    memmap: z.enum(MEMMAPS).exactOptional(),
    uuid: z.guid().exactOptional(),
    contiguous: z.boolean().exactOptional(),
    ranges: z
      .array(exactRange)
      .min(1)
      .max(EXACT_RANGES_COUNT_MAX)
      .exactOptional()
      .describe('Exact places, in dynamic regions.'),
    pool: z.boolean().exactOptional().describe('Default: false.'),
    enabled: z.boolean().exactOptional().describe('Default: true.'),
    wipe: z.enum(WIPES).exactOptional().describe('Default: `none`.'),
    share: shareInput.exactOptional(),
    tenant: common.tenantInput.exactOptional(),
    labels: common.labelsInput.exactOptional(),
    input: daxctlInput
      .exactOptional()
      .describe('A device of `daxctl list -M`, instead of region, size, ranges, align and mode.'),
  })
  .refine((body) => body.size !== undefined || body.ranges !== undefined || body.input, {
    path: ['size'],
    error: 'is required unless ranges or an input are given',
  })
  .refine((body) => body.input === undefined || !TOLD_BY_INPUT.some((name) => name in body), {
    path: ['input'],
    error: `cannot go with ${TOLD_BY_INPUT.join(', ')}`,
  })
export type NamespaceCreate = z.output<typeof namespaceCreate>

export const namespacePatch = z.strictObject({
  size: sizeInput.exactOptional().describe('Grow, shrink or 0; the device must be disabled.'),
  align: sizeInput.exactOptional().describe('The device must be disabled.'),
  mode: z.enum(MODES).exactOptional().describe('The device must be disabled.'),
  labels: common.labelsPatch.exactOptional(),
  wipe: z.enum(WIPES).exactOptional(),
})
export type NamespacePatch = z.output<typeof namespacePatch>
