import type { Caller } from '../caller.ts'
import { follow, type Unawaited } from '../follow.ts'
import { type Listing, listing } from '../listing.ts'
import type { CallOptions, ChangeOptions, CreateOptions, FollowOptions } from '../options.ts'
import { route } from '../url.ts'
import type {
  NamespaceCreate,
  NamespaceListQuery,
  NamespacePatch,
  NamespaceView,
  OperationView,
  RemovalQuery,
  RevokedView,
} from '../wire.ts'

/** Desired state: named slices of regions. */
export interface Namespaces {
  list(query?: NamespaceListQuery, options?: CallOptions): Listing<NamespaceView>
  get(name: string, options?: CallOptions): Promise<NamespaceView>
  create(
    namespace: NamespaceCreate,
    options: CreateOptions & FollowOptions & Unawaited,
  ): Promise<NamespaceView | OperationView>
  create(
    namespace: NamespaceCreate,
    options?: CreateOptions & FollowOptions,
  ): Promise<NamespaceView>
  patch(name: string, changes: NamespacePatch, options?: ChangeOptions): Promise<NamespaceView>
  /** Answers what a revoke has hit, else nothing. */
  delete(
    name: string,
    query: RemovalQuery,
    options: ChangeOptions & FollowOptions & Unawaited,
  ): Promise<RevokedView | OperationView | undefined>
  delete(
    name: string,
    query?: RemovalQuery,
    options?: ChangeOptions & FollowOptions,
  ): Promise<RevokedView | undefined>
}

/** The methods on namespaces. */
export function namespaces(caller: Caller): Namespaces {
  const path = '/v1/namespaces'
  const one = (name: string) => route`/v1/namespaces/${name}`
  return {
    list: (query, options) => listing(caller, { path, query: { ...query } }, options),
    get: (name, options) => caller.call({ method: 'GET', path: one(name) }, options),
    create: (body: NamespaceCreate, options?: CreateOptions & FollowOptions) =>
      follow<NamespaceView>(caller, { method: 'POST', path, body }, options),
    patch: (name, body, options) =>
      caller.call({ method: 'PATCH', path: one(name), body }, options),
    delete: (name: string, query?: RemovalQuery, options?: ChangeOptions & FollowOptions) =>
      follow<RevokedView | undefined>(
        caller,
        { method: 'DELETE', path: one(name), query: { ...query } },
        options,
      ),
  }
}
