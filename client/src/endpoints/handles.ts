import type { Caller } from '../caller.ts'
import { type Listing, listing } from '../listing.ts'
import type { CallOptions, ChangeOptions, CreateOptions } from '../options.ts'
import { route } from '../url.ts'
import type { HandleCreate, HandleListQuery, HandleView } from '../wire.ts'

/** Opens of devices. */
export interface Handles {
  list(query?: HandleListQuery, options?: CallOptions): Listing<HandleView>
  get(id: string, options?: CallOptions): Promise<HandleView>
  /** Opens a device. */
  create(chardev: string, handle: HandleCreate, options?: CreateOptions): Promise<HandleView>
  /** Closes it; mappings made through it go on. */
  delete(id: string, options?: ChangeOptions): Promise<void>
}

/** The methods on handles. */
export function handles(caller: Caller): Handles {
  const one = (id: string) => route`/v1/handles/${id}`
  return {
    list: (query, options) =>
      listing(caller, { path: '/v1/handles', query: { ...query } }, options),
    get: (id, options) => caller.call({ method: 'GET', path: one(id) }, options),
    create: (chardev, body, options) =>
      caller.call({ method: 'POST', path: route`/v1/devices/${chardev}/handles`, body }, options),
    delete: (id, options) => caller.call({ method: 'DELETE', path: one(id) }, options),
  }
}
