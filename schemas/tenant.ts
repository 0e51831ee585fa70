import { z } from 'zod'
import { COUNTED } from '../src/core/quota.ts'
import { TENANT_STATES, WIPES } from '../src/core/vocabulary.ts'
import * as common from './common.ts'
import { sizeInput } from './size.ts'

const LIMITS_COUNT_MAX = 64
const COUNT_MAX = 10_000_000

const counts = z.partialRecord(z.enum(COUNTED), z.int().min(0))
const sizes = z.record(z.string(), common.bytesOutput)

export const quotaView = z
  .object({
    bytes: common.bytesOutput.exactOptional(),
    bytes_by_media: sizes.exactOptional(),
    bytes_by_region: sizes.exactOptional(),
    counts: counts.exactOptional(),
  })
  .meta({ id: 'Quota', description: 'The most a tenant may have; what is absent is not limited.' })

export const tenantView = z
  .object({
    name: z.string(),
    name_prefix: z
      .string()
      .describe("What the names of the tenant's namespaces and claims begin with."),
    wipe: z.enum(WIPES).describe('The least that is done to its memory before others get it.'),
    quota: quotaView,
    usage: z.object({
      bytes: common.bytesOutput,
      bytes_by_media: sizes,
      bytes_by_region: sizes,
      counts: z.record(z.enum(COUNTED), z.int().min(0)),
    }),
    state: z.enum(TENANT_STATES),
    ...common.storedFields,
  })
  .meta({ id: 'Tenant', description: 'A team that shares the host, and what it may have.' })
export type TenantView = z.output<typeof tenantView>

export const tenantPage = common.pageOf(tenantView)
export const tenantParams = z.strictObject({ name: common.identifier })
export const tenantPutParams = z.strictObject({ name: common.tenantInput })
export const tenantListQuery = z.strictObject({ ...common.pageQueryFields })
export const tenantRemovalQuery = z.strictObject({
  if_busy: z
    .enum(['refuse', 'revoke'])
    .exactOptional()
    .describe('`revoke`: all that it has is taken from it first, whoever uses it.'),
})

const limits = (key: z.ZodString) =>
  z
    .record(key, sizeInput)
    .refine((sizes) => Object.keys(sizes).length <= LIMITS_COUNT_MAX, 'has too many entries')
    .meta({ maxProperties: LIMITS_COUNT_MAX })

export const tenantPut = z.strictObject({
  name_prefix: z
    .string()
    .regex(/^[a-zA-Z0-9][a-zA-Z0-9._-]{0,31}$/, 'must be 1 to 32 characters of a name')
    .exactOptional()
    .describe('Default: the name and a dot.'),
  wipe: z.enum(WIPES).exactOptional().describe('Default: `on_release`.'),
  quota: z
    .strictObject({
      bytes: sizeInput.exactOptional(),
      bytes_by_media: limits(common.printable(1, 63)).exactOptional(),
      bytes_by_region: limits(
        z.string().regex(/^(?:0|[1-9]\d{0,8})$/, 'must be an id'),
      ).exactOptional(),
      counts: z.partialRecord(z.enum(COUNTED), z.int().min(0).max(COUNT_MAX)).exactOptional(),
    })
    .exactOptional(),
  labels: common.labelsInput.exactOptional(),
})
export type TenantPut = z.output<typeof tenantPut>
