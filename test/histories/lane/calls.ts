/**
 * What clients ask of a lane: one device with its handles, mappings, leases and claims. Things go
 * by keys that the caller chose (they travel as labels and names), so that what was made by a call
 * whose answer was lost can be told when it is seen.
 */
export type LaneCall =
  | { readonly type: 'open'; readonly key: string; readonly lease?: string }
  | { readonly type: 'close'; readonly handle: string }
  | {
      readonly type: 'map'
      readonly key: string
      readonly handle: string
      readonly length: number
      readonly offset?: number
      readonly exclusive: boolean
    }
  | { readonly type: 'unmap'; readonly mapping: string }
  | { readonly type: 'enable' }
  | { readonly type: 'disable'; readonly revoke: boolean }
  | { readonly type: 'lease'; readonly key: string; readonly ttl_ms: number }
  | { readonly type: 'renew'; readonly lease: string; readonly ttl_ms: number }
  | { readonly type: 'end-lease'; readonly lease: string }
  | {
      readonly type: 'put-claim'
      readonly claim: string
      readonly size: number
      readonly ttl_ms?: number
      /** The lease that it makes, if it is this call that makes the claim. */
      readonly lease: string
    }
  | { readonly type: 'delete-claim'; readonly claim: string }
  | { readonly type: 'restart' }
  | { readonly type: 'read-device' }
  | { readonly type: 'read-mapping'; readonly mapping: string }
  | { readonly type: 'translate'; readonly mapping: string }
  | { readonly type: 'read-lease'; readonly lease: string }
  | { readonly type: 'read-claim'; readonly claim: string }
  | { readonly type: 'list-handles' }
  | { readonly type: 'list-mappings' }

/** A refusal's code, or what a success shows of the state, and its revision where it has one. */
export type LaneAnswer =
  | { readonly code: string }
  | {
      readonly revision?: number
      readonly [shown: string]: unknown
    }

/** True when the call cannot have changed anything. */
export function isWithoutEffect({
  call,
  answer,
}: {
  readonly call: LaneCall
  readonly answer: LaneAnswer | null
}): boolean {
  if (/^(?:read|list|translate)/.test(call.type)) return true
  return answer !== null && 'code' in answer
}
