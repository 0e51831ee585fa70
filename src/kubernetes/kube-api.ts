/** An object of the Kubernetes API, as far as all of them look alike. */
export interface KubeObject {
  readonly metadata: {
    readonly name: string
    readonly namespace?: string
    readonly uid?: string
    readonly resourceVersion?: string
    readonly [key: string]: unknown
  }
  readonly [key: string]: unknown
}

/** One change that a watch tells; `object` is the whole object as it is now, or was last. */
export interface KubeWatchEvent {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED'
  readonly object: KubeObject
}

/**
 * What we need of the Kubernetes API server. Paths begin at its root, as in
 * `/apis/resource.k8s.io/v1/resourceslices`, and may carry a query. Every call is bounded in time.
 * A refusal is thrown as {@link KubeApiError}; reads are repeated by the client when the server is
 * overloaded or not there for a moment, the others are not.
 */
export interface KubeApi {
  get(path: string): Promise<KubeObject>
  list(path: string): Promise<{ items: readonly KubeObject[]; resourceVersion: string }>
  /** Ends when `signal` aborts; throws a 410 when `resourceVersion` is too old: list again. */
  watch(
    path: string,
    options: { readonly resourceVersion: string; readonly signal: AbortSignal },
  ): AsyncIterable<KubeWatchEvent>
  create(path: string, body: object): Promise<KubeObject>
  update(path: string, body: object): Promise<KubeObject>
  delete(path: string): Promise<void>
}

/** A refusal of the API server (`status` is HTTP's), or no answer from it (`status` 0). */
export class KubeApiError extends Error {
  readonly status: number
  /** The server's own word, as in `NotFound`, `Conflict`, `Invalid`. */
  readonly reason: string

  constructor(status: number, reason: string, message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'KubeApiError'
    this.status = status
    this.reason = reason
  }
}
