import type { Caller } from '../caller.ts'
import { follow, type Unawaited } from '../follow.ts'
import { type Listing, listing } from '../listing.ts'
import type { CallOptions, ChangeOptions, FollowOptions } from '../options.ts'
import { route } from '../url.ts'
import type {
  OperationView,
  PageQuery,
  TenantPut,
  TenantRemovalQuery,
  TenantView,
} from '../wire.ts'

/** Teams that share the host, and what they may have. */
export interface Tenants {
  list(query?: PageQuery, options?: CallOptions): Listing<TenantView>
  get(name: string, options?: CallOptions): Promise<TenantView>
  put(name: string, tenant: TenantPut, options?: ChangeOptions): Promise<TenantView>
  delete(
    name: string,
    query: TenantRemovalQuery,
    options: ChangeOptions & FollowOptions & Unawaited,
  ): Promise<OperationView | undefined>
  delete(
    name: string,
    query?: TenantRemovalQuery,
    options?: ChangeOptions & FollowOptions,
  ): Promise<void>
}

/** The methods on tenants. */
export function tenants(caller: Caller): Tenants {
  const one = (name: string) => route`/v1/tenants/${name}`
  return {
    list: (query, options) =>
      listing(caller, { path: '/v1/tenants', query: { ...query } }, options),
    get: (name, options) => caller.call({ method: 'GET', path: one(name) }, options),
    put: (name, body, options) => caller.call({ method: 'PUT', path: one(name), body }, options),
    delete: (name: string, query?: TenantRemovalQuery, options?: ChangeOptions & FollowOptions) =>
      follow<undefined>(
        caller,
        { method: 'DELETE', path: one(name), query: { ...query } },
        options,
      ),
  }
}
