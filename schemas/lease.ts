import { z } from 'zod'
import * as common from './common.ts'

export const leaseView = z
  .object({
    id: z.string(),
    holder: z.string(),
    ttl_ms: z.int(),
    token: z.int().describe("Fencing token, higher than any earlier one of the holder's."),
    expires_at: common.instantOutput,
    claim: z.string().nullable(),
    tenant: common.tenantOutput,
    ...common.storedFields,
  })
  .meta({ id: 'Lease', description: "A holder's life, as a process's is in the kernel." })
export type LeaseView = z.output<typeof leaseView>

export const leasePage = common.pageOf(leaseView)
export const leaseParams = z.strictObject({ id: common.identifier })
export const leaseListQuery = z.strictObject({
  ...common.pageQueryFields,
  holder: common.identifier.exactOptional(),
})
export type LeaseListQuery = z.output<typeof leaseListQuery>

export const ttlInput = z
  .int()
  .min(1)
  .max(common.DURATION_MS_MAX)
  .describe('How long it lives unless it is renewed, milliseconds.')

export const leaseCreate = z.strictObject({
  holder: common.holderInput,
  ttl_ms: ttlInput,
  labels: common.labelsInput.exactOptional(),
})
export type LeaseCreate = z.output<typeof leaseCreate>

/** An absent body is the same as `{}`: the lease keeps its `ttl_ms`. */
export const leaseRenew = z.preprocess(
  (body) => (body === undefined ? {} : body),
  z.strictObject({ ttl_ms: ttlInput.exactOptional() }),
)
export type LeaseRenew = z.output<typeof leaseRenew>
