import type { Caller } from '../caller.ts'
import { follow, type Unawaited } from '../follow.ts'
import { type Listing, listing } from '../listing.ts'
import type { CallOptions, ChangeOptions, FollowOptions } from '../options.ts'
import { route } from '../url.ts'
import type {
  ClaimListQuery,
  ClaimPut,
  ClaimRemovalQuery,
  ClaimView,
  OperationView,
  RevokedView,
} from '../wire.ts'

/** What a PUT of a claim takes. */
export type ClaimOptions = ChangeOptions & FollowOptions & { readonly dryRun?: boolean | undefined }

/** Namespace, enabled device, handle, mapping and lease in one call. */
export interface Claims {
  list(query?: ClaimListQuery, options?: CallOptions): Listing<ClaimView>
  get(name: string, options?: CallOptions): Promise<ClaimView>
  /** Repeating it answers the same claim. */
  put(
    name: string,
    claim: ClaimPut,
    options: ClaimOptions & Unawaited,
  ): Promise<ClaimView | OperationView>
  put(name: string, claim: ClaimPut, options?: ClaimOptions): Promise<ClaimView>
  /** Gives back all of it. Answers what a revoke has hit, else nothing. */
  delete(
    name: string,
    query: ClaimRemovalQuery,
    options: ChangeOptions & FollowOptions & Unawaited,
  ): Promise<RevokedView | OperationView | undefined>
  delete(
    name: string,
    query?: ClaimRemovalQuery,
    options?: ChangeOptions & FollowOptions,
  ): Promise<RevokedView | undefined>
}

/** The methods on claims. */
export function claims(caller: Caller): Claims {
  const one = (name: string) => route`/v1/claims/${name}`
  return {
    list: (query, options) => listing(caller, { path: '/v1/claims', query: { ...query } }, options),
    get: (name, options) => caller.call({ method: 'GET', path: one(name) }, options),
    put: (name: string, body: ClaimPut, options?: ClaimOptions) =>
      follow<ClaimView>(caller, { method: 'PUT', path: one(name), body }, options),
    delete: (name: string, query?: ClaimRemovalQuery, options?: ChangeOptions & FollowOptions) =>
      follow<RevokedView | undefined>(
        caller,
        { method: 'DELETE', path: one(name), query: { ...query } },
        options,
      ),
  }
}
