import { z } from 'zod'
import { ACCESSES } from '../src/core/vocabulary.ts'
import * as common from './common.ts'

export const handleView = z
  .object({
    id: z.string(),
    chardev: z.string(),
    generation: common.generationOutput,
    holder: z.string(),
    access: z.enum(ACCESSES),
    lease: z.string().nullable(),
    path: z.string().describe('What to open.'),
    tenant: common.tenantOutput,
    ...common.storedFields,
  })
  .meta({ id: 'Handle', description: 'An open of a device.' })
export type HandleView = z.output<typeof handleView>

export const handlePage = common.pageOf(handleView)
export const handleParams = z.strictObject({ id: common.identifier })
export const handleListQuery = z.strictObject({
  ...common.pageQueryFields,
  chardev: common.identifier.exactOptional(),
  holder: common.identifier.exactOptional(),
  lease: common.identifier.exactOptional(),
})
export type HandleListQuery = z.output<typeof handleListQuery>

export const handleCreate = z.strictObject({
  holder: common.holderInput,
  access: z.enum(ACCESSES).exactOptional().describe('Default: `rw`.'),
  lease: common.identifier.exactOptional().describe('Ends the handle when it ends.'),
  labels: common.labelsInput.exactOptional(),
})
export type HandleCreate = z.output<typeof handleCreate>
