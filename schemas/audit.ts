import { z } from 'zod'
import { ROLES, VIAS } from '../src/core/principal.ts'
import { EVENT_TYPES, KINDS } from '../src/core/vocabulary.ts'
import * as common from './common.ts'

const HASH_PATTERN = /^[0-9a-f]{64}$/

const entryNumber = z.int().min(0)
const hash = z.string().describe('SHA-256, in hex.')
const objectName = z.object({ kind: z.string(), id: z.string() }).meta({ id: 'AuditObject' })

const changeView = z
  .object({
    kind: z.enum(KINDS),
    id: z.string(),
    type: z.enum(EVENT_TYPES),
    before: z.unknown().optional().describe('The fields that changed, as they were.'),
    after: z.unknown().optional().describe('The same as they are; all of what is new.'),
  })
  .meta({ id: 'AuditChange' })

/** One entry of the audit. */
export const auditView = z
  .object({
    number: entryNumber.describe('Its place in the chain; there is no gap.'),
    hash: hash.describe('SHA-256 of the hash before it, its number and its text, in hex.'),
    at: common.instantOutput,
    actor: z.object({
      name: z.string(),
      role: z.enum(ROLES),
      tenant: z.string().nullable(),
      via: z.enum(VIAS),
    }),
    source: z.string().describe('A remote address, `unix`, or `daxd` for what it does by itself.'),
    request_id: z.string().nullable(),
    call: z.string().nullable().describe('Method and route.'),
    action: z.string(),
    outcome: z
      .enum(['begun', 'done', 'undone', 'refused'])
      .describe('A call that needs several durable steps has an entry for each.'),
    object: objectName.nullable(),
    tenant: z.string().nullable(),
    revisions: z
      .object({ first: z.int(), last: z.int() })
      .nullable()
      .describe('First and last that the change used; null when nothing was changed.'),
    unlisted: z.int().min(0).describe('How many changed objects `changes` leaves out.'),
    why: z.unknown().describe('Why that place, or why not.'),
    changes: z.array(changeView),
  })
  .meta({ id: 'AuditEntry' })
export type AuditView = z.output<typeof auditView>

export const auditPage = common.pageOf(auditView)

const name = common.printable(1, common.IDENTIFIER_LENGTH_MAX)

export const auditListQuery = z.strictObject({
  ...common.pageQueryFields,
  after: common
    .decimalText(entryNumber)
    .exactOptional()
    .describe('Only entries beyond this number.'),
  actor: name.exactOptional().describe("The actor's name."),
  tenant: name.exactOptional(),
  action: name.exactOptional().describe('Such as `claims:change`.'),
  object: name.exactOptional().describe('An id, or `kind/id`: what is about it or changed it.'),
  request_id: name
    .exactOptional()
    .describe('Of this request, as its answer has it in `X-Request-Id`.'),
  since: z.iso
    .datetime({ offset: true })
    .exactOptional()
    .describe('Only entries of this instant (RFC 3339) or later.'),
})
export type AuditListQuery = z.output<typeof auditListQuery>

export const auditHeadView = z
  .object({
    number: entryNumber.describe('Of the newest entry, 0 for none.'),
    hash: hash.describe('Its hash: noted elsewhere, it shows later that nothing was cut off.'),
    trimmed: entryNumber.describe('Of the newest entry that is no longer kept, 0 for none.'),
  })
  .meta({ id: 'AuditHead' })

export const auditVerifyQuery = z.strictObject({
  expect_head: z
    .string()
    .regex(HASH_PATTERN, 'must be 64 hex digits')
    .exactOptional()
    .describe('A hash that was noted elsewhere: it must be in the chain.'),
})

export const auditVerdictView = z
  .object({
    whole: z.boolean().describe('Nothing is broken, and the expected hash is there.'),
    entries: z.int().min(0).describe('How many were found whole.'),
    broken: z.object({ number: entryNumber, reason: z.string() }).nullable(),
    expected: z.boolean().nullable().describe('Whether the expected hash is there; null for none.'),
    head: auditHeadView,
  })
  .meta({ id: 'AuditVerdict' })
