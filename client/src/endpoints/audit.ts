import type { Caller } from '../caller.ts'
import { type Listing, listing } from '../listing.ts'
import type { CallOptions } from '../options.ts'
import type { AuditHeadView, AuditListQuery, AuditVerdictView, AuditView } from '../wire.ts'

/** Who did what, from where and why. */
export interface Audit {
  list(query?: AuditListQuery, options?: CallOptions): Listing<AuditView>
  /** The newest entry and its hash. */
  head(options?: CallOptions): Promise<AuditHeadView>
  /** Goes through the whole chain, which takes a while. */
  verify(query?: { expect_head?: string }, options?: CallOptions): Promise<AuditVerdictView>
}

/** The methods on the audit. */
export function audit(caller: Caller): Audit {
  return {
    list: (query, options) => listing(caller, { path: '/v1/audit', query: { ...query } }, options),
    head: (options) => caller.call({ method: 'GET', path: '/v1/audit/head' }, options),
    verify: (query, options) =>
      caller.call({ method: 'GET', path: '/v1/audit/verify', query: { ...query } }, options),
  }
}
