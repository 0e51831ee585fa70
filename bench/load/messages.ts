import type { WorkOrder } from './work.ts'

/** What the load process is told to do: one closed loop of so many connections. */
export interface LoadOrder {
  readonly port: number
  readonly connections: number
  readonly warmUpMs: number
  readonly measureMs: number
  readonly work: WorkOrder
}

/** What was seen from the client's side between the warm-up and the end. */
export interface LoadResult {
  readonly requests: number
  readonly operations: number
  readonly seconds: number
  readonly p50Ms: number
  readonly p99Ms: number
  /** CPU of the load process itself; near one core it would be the bottleneck. */
  readonly clientCpuUs: number
}

export type LoadMessage =
  | { readonly tell: 'measuring' }
  | { readonly tell: 'measured'; readonly result: LoadResult }
  | { readonly tell: 'ended' }
  | { readonly tell: 'failed'; readonly reason: string }
