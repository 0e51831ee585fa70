import type { Caller } from '../caller.ts'
import type { Page } from '../listing.ts'
import type { CallOptions, PostOptions } from '../options.ts'
import type {
  BatchRequest,
  BatchView,
  DaxctlRegion,
  HostView,
  LiveView,
  NdctlExport,
  ReadyView,
  ReconciliationItem,
  ReconciliationPost,
  WhoamiView,
} from '../wire.ts'

/** What is about the whole service and its host. */
export interface Service {
  /** Many opens and mappings in one durable commit. */
  batch(batch: BatchRequest, options?: PostOptions): Promise<BatchView>
  readonly reconciliation: {
    /** How desired state, ledger and host differ. */
    get(options?: CallOptions): Promise<Page<ReconciliationItem>>
    /** Settles one difference; answers what is left. */
    act(what: ReconciliationPost, options?: PostOptions): Promise<Page<ReconciliationItem>>
  }
  /** The doctor's report: what the host supports, and what is missing. */
  host(options?: CallOptions): Promise<HostView>
  /** Who daxd takes the caller for. */
  whoami(options?: CallOptions): Promise<WhoamiView>
  readonly health: {
    live(options?: CallOptions): Promise<LiveView>
    /** Not being ready is an answer and no failure; it says why. */
    ready(options?: CallOptions): Promise<ReadyView>
  }
  /** What is there, by the names and units of other tools. */
  readonly export: {
    /** As `daxctl list -RDMi` prints it. */
    daxctl(options?: CallOptions): Promise<DaxctlRegion[]>
    /** As `ndctl list -RNi` prints it. */
    ndctl(options?: CallOptions): Promise<NdctlExport>
  }
  /** The figures in Prometheus' text format. */
  metrics(options?: CallOptions): Promise<string>
  /** The OpenAPI 3.1 document. */
  openapi(options?: CallOptions): Promise<Record<string, unknown>>
}

/** The methods on the service itself. */
export function service(caller: Caller): Service {
  const get =
    <T>(path: string, accepts: readonly number[] = []) =>
    (options?: CallOptions): Promise<T> =>
      caller.call({ method: 'GET', path, accepts }, options)
  return {
    batch: (body, options) => caller.call({ method: 'POST', path: '/v1/batch', body }, options),
    reconciliation: {
      get: get('/v1/reconciliation'),
      act: (body, options) =>
        caller.call({ method: 'POST', path: '/v1/reconciliation', body }, options),
    },
    host: get('/v1/host'),
    whoami: get('/v1/whoami'),
    health: { live: get('/livez'), ready: get('/readyz', [503]) },
    export: { daxctl: get('/v1/export/daxctl'), ndctl: get('/v1/export/ndctl') },
    metrics: (options) =>
      caller.call(
        { method: 'GET', path: '/metrics' },
        { ...options, headers: { accept: 'text/plain', ...options?.headers } },
      ),
    openapi: get('/openapi.json'),
  }
}
