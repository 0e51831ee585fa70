import { z } from 'zod'
import * as common from './common.ts'

export const RECONCILIATION_KINDS = ['orphan', 'ghost', 'drift'] as const
export const RECONCILIATION_ACTIONS = ['adopt', 'forget', 'repair'] as const

/** One difference between desired state, ledger and host. */
export const reconciliationItem = z
  .object({
    kind: z.enum(RECONCILIATION_KINDS),
    object: z.string(),
    detail: z.string(),
    actions: z.array(z.enum(RECONCILIATION_ACTIONS)).describe('What can be done about it.'),
  })
  .meta({ id: 'ReconciliationItem' })
export type ReconciliationItem = z.output<typeof reconciliationItem>

export const reconciliationPage = common.pageOf(reconciliationItem)

export const reconciliationPost = z.strictObject({
  object: common.identifier.describe('`object` of the item.'),
  action: z.enum(RECONCILIATION_ACTIONS),
})
export type ReconciliationPost = z.output<typeof reconciliationPost>
