import type { Caller } from '../caller.ts'
import { type Listing, listing } from '../listing.ts'
import type { CallOptions, ChangeOptions, CreateOptions } from '../options.ts'
import { route } from '../url.ts'
import type { MappingCreate, MappingListQuery, MappingView, TranslationView } from '../wire.ts'

/** Aligned parts of devices that someone may mmap. */
export interface Mappings {
  list(query?: MappingListQuery, options?: CallOptions): Listing<MappingView>
  get(id: string, options?: CallOptions): Promise<MappingView>
  create(mapping: MappingCreate, options?: CreateOptions): Promise<MappingView>
  /** The fault at a byte from the mapping's start; a size may be text, as `2MiB`. */
  translate(id: string, offset: number | string, options?: CallOptions): Promise<TranslationView>
  delete(id: string, options?: ChangeOptions): Promise<void>
}

/** The methods on mappings. */
export function mappings(caller: Caller): Mappings {
  const path = '/v1/mappings'
  const one = (id: string) => route`/v1/mappings/${id}`
  return {
    list: (query, options) => listing(caller, { path, query: { ...query } }, options),
    get: (id, options) => caller.call({ method: 'GET', path: one(id) }, options),
    create: (body, options) => caller.call({ method: 'POST', path, body }, options),
    translate: (id, offset, options) =>
      caller.call({ method: 'GET', path: `${one(id)}/translate`, query: { offset } }, options),
    delete: (id, options) => caller.call({ method: 'DELETE', path: one(id) }, options),
  }
}
