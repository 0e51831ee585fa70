import type { Caller } from '../caller.ts'
import { type Listing, listing } from '../listing.ts'
import type { CallOptions, ChangeOptions, CreateOptions } from '../options.ts'
import { route } from '../url.ts'
import type { LeaseCreate, LeaseListQuery, LeaseView } from '../wire.ts'

/** Holders' lives. */
export interface Leases {
  list(query?: LeaseListQuery, options?: CallOptions): Listing<LeaseView>
  get(id: string, options?: CallOptions): Promise<LeaseView>
  create(lease: LeaseCreate, options?: CreateOptions): Promise<LeaseView>
  /** Gives it a full `ttl_ms` from now, or another one; 410 when it has expired. */
  renew(id: string, ttl?: { ttl_ms?: number }, options?: ChangeOptions): Promise<LeaseView>
  /** Ends it: its handles are closed and its mappings dropped. */
  delete(id: string, options?: ChangeOptions): Promise<void>
}

/** The methods on leases. */
export function leases(caller: Caller): Leases {
  const one = (id: string) => route`/v1/leases/${id}`
  return {
    list: (query, options) => listing(caller, { path: '/v1/leases', query: { ...query } }, options),
    get: (id, options) => caller.call({ method: 'GET', path: one(id) }, options),
    create: (body, options) => caller.call({ method: 'POST', path: '/v1/leases', body }, options),
    // Without a key: a remembered answer would tell of a renewal of long ago.
    renew: (id, ttl, options) =>
      caller.call(
        { method: 'POST', path: `${one(id)}/renew`, body: ttl ?? {}, isRepeatable: true },
        options,
      ),
    delete: (id, options) => caller.call({ method: 'DELETE', path: one(id) }, options),
  }
}
