/** The client's face, for browsers and Node alike. `node.ts` has what only Node can do. */
export { createClient, type Daxd } from './create-client.ts'
export {
  type ConnectionFailure,
  DaxdConnectionError,
  DaxdError,
  LeaseLostError,
  OperationTimeoutError,
} from './errors.ts'
export { isOperation } from './follow.ts'
export type { ActiveClaim, ClaimWish, HeldClaim, HoldOptions } from './held-claim.ts'
export type { HeldLease, LeaseWish } from './held-lease.ts'
export type { KeepOptions, RenewFailure } from './lease-keeper.ts'
export type { Listing, Page } from './listing.ts'
export type {
  CallOptions,
  ChangeOptions,
  ClientOptions,
  CreateOptions,
  Fetch,
  FetchInit,
  FollowOptions,
  PostOptions,
  Retry,
  TokenSource,
} from './options.ts'
export type { Lost, WatchOptions } from './watcher.ts'
export type * from './wire.ts'
