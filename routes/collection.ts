import {
  emptyQuery,
  type ObjectSchema,
  type RouteTag,
  type Schema,
  withContract,
} from '../schemas/index.ts'
import type { RecordOf } from '../src/core/model.ts'
import type { Kind } from '../src/core/vocabulary.ts'
import { canSee, needOwn } from '../src/services/ownership.ts'
import type { StateView } from '../src/services/world/state.ts'
import { pageOf } from './pages.ts'
import { objectHeaders } from './respond.ts'
import type { ZodApp } from './route-deps.ts'

interface PageQuery {
  readonly limit: number
  readonly cursor?: string
}

/** How the objects of one kind are listed and looked at. */
export interface Collection<K extends Kind, Q extends PageQuery> {
  readonly kind: K
  /** The path of the listing; one object is below it, by its key. */
  readonly path: string
  readonly tag: RouteTag
  readonly listSummary: string
  readonly oneSummary: string
  readonly query: Schema<Q>
  readonly page: Schema
  /** The path's parameter, by the one name it has. */
  readonly params: ObjectSchema
  readonly schema: Schema
  readonly picks: (query: Q) => (record: RecordOf[K]) => boolean
  readonly view: (record: RecordOf[K], state: StateView) => unknown
}

/** Registers a listing by pages, and one object with its revision as ETag. */
export function registerCollection<K extends Kind, Q extends PageQuery>(
  app: ZodApp,
  state: StateView,
  collection: Collection<K, Q>,
): void {
  const { kind, path, tag, params, view } = collection
  const [param = 'id'] = Object.keys(params.shape)
  app.get(
    path,
    {
      schema: withContract({
        summary: collection.listSummary,
        tags: [tag],
        querystring: collection.query,
        response: { 200: collection.page },
      }),
    },
    async (request) => {
      const query = request.query as Q
      const picks = collection.picks(query)
      const { principal } = request
      const shows = (record: RecordOf[K]): boolean =>
        picks(record) && canSee(state, principal, kind, record)
      return pageOf(state, kind, query, shows, (record) => view(record, state))
    },
  )
  app.get(
    `${path}/:${param}`,
    {
      schema: withContract({
        summary: collection.oneSummary,
        tags: [tag],
        params,
        querystring: emptyQuery,
        response: { 200: collection.schema },
      }),
    },
    async (request, reply) => {
      const key = (request.params as Readonly<Record<string, unknown>>)[param]
      const record = needOwn(state, kind, String(key), request.principal)
      return reply.headers(objectHeaders(record.revision)).send(view(record, state))
    },
  )
}
