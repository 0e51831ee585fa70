import type { Caller } from '../caller.ts'
import { settled, type WaitOptions } from '../follow.ts'
import { type Listing, listing } from '../listing.ts'
import type { CallOptions, ChangeOptions } from '../options.ts'
import { route } from '../url.ts'
import type { OperationListQuery, OperationView } from '../wire.ts'

/** Work that outlasts its call. */
export interface Operations {
  list(query?: OperationListQuery, options?: CallOptions): Listing<OperationView>
  get(id: string, options?: CallOptions): Promise<OperationView>
  /** A cancelled drain leaves the device enabled. */
  cancel(id: string, options?: ChangeOptions): Promise<void>
  /**
   * Waits for its end and answers its result: what the call that began it would have answered.
   * @throws DaxdError with the operation's problem when it fails or is cancelled,
   * OperationTimeoutError when it is not over in time.
   */
  wait(operation: string | OperationView, options?: WaitOptions): Promise<unknown>
}

/** The methods on operations. */
export function operations(caller: Caller): Operations {
  const one = (id: string) => route`/v1/operations/${id}`
  const get: Operations['get'] = (id, options) =>
    caller.call({ method: 'GET', path: one(id) }, options)
  return {
    list: (query, options) =>
      listing(caller, { path: '/v1/operations', query: { ...query } }, options),
    get,
    cancel: (id, options) => caller.call({ method: 'DELETE', path: one(id) }, options),
    async wait(operation, options = {}) {
      const { signal, headers, timeoutMs } = options
      const first =
        typeof operation === 'string'
          ? await get(operation, { signal, headers, timeoutMs })
          : operation
      return settled(caller, first, options)
    },
  }
}
