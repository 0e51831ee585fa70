import type { Caller } from '../caller.ts'
import { type Listing, listing, type Page } from '../listing.ts'
import type { CallOptions, ChangeOptions, CreateOptions } from '../options.ts'
import { route } from '../url.ts'
import type {
  PageQuery,
  RegionCreate,
  RegionMapItem,
  RegionPatch,
  RegionSummary,
  RegionView,
} from '../wire.ts'

/** Physical ranges that the host offers. */
export interface Regions {
  list(query?: PageQuery, options?: CallOptions): Listing<RegionView>
  get(id: number, options?: CallOptions): Promise<RegionView>
  /** The whole range in order, without gaps. */
  map(id: number, options?: CallOptions): Promise<Page<RegionMapItem>>
  /** The figures of the map instead of its pieces. */
  summary(id: number, options?: CallOptions): Promise<RegionSummary>
  /** Emulated hosts only. */
  create(region: RegionCreate, options?: CreateOptions): Promise<RegionView>
  patch(id: number, changes: RegionPatch, options?: ChangeOptions): Promise<RegionView>
  /** Emulated hosts only; busy while devices are in it. */
  delete(id: number, options?: ChangeOptions): Promise<void>
}

/** The methods on regions. */
export function regions(caller: Caller): Regions {
  const one = (id: number) => route`/v1/regions/${id}`
  return {
    list: (query, options) =>
      listing(caller, { path: '/v1/regions', query: { ...query } }, options),
    get: (id, options) => caller.call({ method: 'GET', path: one(id) }, options),
    map: (id, options) => caller.call({ method: 'GET', path: `${one(id)}/map` }, options),
    summary: (id, options) =>
      caller.call({ method: 'GET', path: `${one(id)}/map`, query: { summary: true } }, options),
    create: (body, options) => caller.call({ method: 'POST', path: '/v1/regions', body }, options),
    patch: (id, body, options) => caller.call({ method: 'PATCH', path: one(id), body }, options),
    delete: (id, options) => caller.call({ method: 'DELETE', path: one(id) }, options),
  }
}
