import { z } from 'zod'
import { ACCESSES, CLAIM_STATES, SHARINGS, WIPES } from '../src/core/vocabulary.ts'
import * as common from './common.ts'
import { ttlInput } from './lease.ts'
import { mmapView } from './mapping.ts'
import { problemView } from './problem.ts'
import { shareInput } from './region.ts'
import { selectorInput } from './selector.ts'
import { sizeInput } from './size.ts'

export const claimView = z
  .object({
    name: z.string(),
    state: z.enum(CLAIM_STATES),
    sharing: z.enum(SHARINGS),
    holder: z.string(),
    size: common.bytesOutput.describe('The usable bytes asked for.'),
    align: common.alignOutput.nullable(),
    wipe: z.enum(WIPES).describe('As it is done: the strictest that anybody wants.'),
    share: z.string().nullable().describe('The share of the region that it is taken of.'),
    access: z.enum(ACCESSES),
    namespace: z.string().nullable(),
    chardev: z.string().nullable(),
    path: z.string().nullable(),
    offset: common.bytesOutput.describe("Where the claim begins, from the device's start."),
    length: common.bytesOutput.describe('What was got.'),
    cdi_device: z
      .string()
      .nullable()
      .describe('The name by which container runtimes find it (CDI) while it can be opened.'),
    handle: z.string().nullable(),
    mapping: z.string().nullable(),
    lease: z.string().nullable(),
    generation: common.generationOutput.nullable(),
    mmap: mmapView.nullable(),
    problem: problemView.nullable(),
    revoked: common.revokedOutput.exactOptional(),
    tenant: common.tenantOutput,
    ...common.storedFields,
  })
  .meta({
    id: 'Claim',
    description: 'Namespace, enabled device, handle and mapping in one durable step.',
  })
export type ClaimView = z.output<typeof claimView>

export const claimPage = common.pageOf(claimView)
/** A PUT makes the name, so it must be one. */
export const claimPutParams = z.strictObject({ name: common.nameInput })
export const claimParams = z.strictObject({ name: common.identifier })
export const claimListQuery = z.strictObject({
  ...common.pageQueryFields,
  holder: common.identifier.exactOptional(),
  state: z.enum(CLAIM_STATES).exactOptional(),
})
export type ClaimListQuery = z.output<typeof claimListQuery>

/** A user or group as the kernel numbers them; the last number means none. */
const NODE_ID_MAX = 2 ** 32 - 2
const nodeId = z.int().min(0).max(NODE_ID_MAX)

export const claimPut = z.strictObject({
  size: sizeInput.describe('The usable bytes wanted.'),
  align: sizeInput.exactOptional(),
  sharing: z
    .enum(SHARINGS)
    .describe('`dedicated`: a namespace of its own; `slice`: a part of a pool namespace.'),
  holder: common.holderInput,
  ttl_ms: ttlInput.exactOptional(),
  selector: selectorInput.exactOptional(),
  wipe: z.enum(WIPES).exactOptional(),
  share: shareInput.exactOptional(),
  tenant: common.tenantInput.exactOptional(),
  access: z.enum(ACCESSES).exactOptional().describe('`ro`: neither mapped nor opened for writing.'),
  cdi: z
    .strictObject({
      uid: nodeId.exactOptional(),
      gid: nodeId.exactOptional(),
      mode: z
        .string()
        .regex(/^0[0-7]{3}$/, 'must be four octal digits')
        .exactOptional(),
    })
    .exactOptional()
    .describe('Whose the device node is inside a container; as on the host where left out.'),
  labels: common.labelsInput.exactOptional(),
})
export type ClaimPut = z.output<typeof claimPut>
