import type { LaneAnswer, LaneCall } from '../lane/calls.ts'
import type { Body, WireAnswer, WireCall } from './wire.ts'

/** Where a lane is, and the names that the daemon gave to what the lane's calls made. */
export interface LanePlace {
  readonly chardev: string
  readonly name: string
  /** Ids by key; a key without one was never answered. */
  readonly ids: Map<string, string>
}

/** The HTTP call that a lane's call is. */
export function wireCallOf(place: LanePlace, call: LaneCall): WireCall {
  const { chardev, ids } = place
  const id = (key: string): string => ids.get(key) ?? 'none'
  switch (call.type) {
    case 'open': {
      const lease = call.lease === undefined ? {} : { lease: id(call.lease) }
      const body = { holder: place.name, labels: { k: call.key }, ...lease }
      return { method: 'POST', path: `/v1/devices/${chardev}/handles`, body }
    }
    case 'map': {
      const { key, handle, type: _type, ...rest } = call
      const body = { handle: id(handle), labels: { k: key }, ...rest }
      return { method: 'POST', path: '/v1/mappings', body }
    }
    case 'enable':
      return { method: 'POST', path: `/v1/devices/${chardev}/enable`, body: {} }
    case 'disable': {
      const body = { if_busy: call.revoke ? 'revoke' : 'refuse' }
      return { method: 'POST', path: `/v1/devices/${chardev}/disable`, body }
    }
    case 'lease': {
      const body = { holder: place.name, ttl_ms: call.ttl_ms, labels: { k: call.key } }
      return { method: 'POST', path: '/v1/leases', body }
    }
    case 'renew': {
      const body = { ttl_ms: call.ttl_ms }
      return { method: 'POST', path: `/v1/leases/${id(call.lease)}/renew`, body }
    }
    case 'put-claim': {
      const { claim, size, ttl_ms } = call
      const asked = { size, sharing: 'slice', holder: claim, wipe: 'none' }
      const ttl = ttl_ms === undefined ? {} : { ttl_ms }
      const body = { ...asked, ...ttl, selector: { labels: { lane: place.name } } }
      return { method: 'PUT', path: `/v1/claims/${claim}`, body }
    }
    default:
      return simpleCallOf(place, call)
  }
}

function simpleCallOf({ chardev, ids }: LanePlace, call: LaneCall): WireCall {
  const id = (key: string): string => ids.get(key) ?? 'none'
  const get = (path: string): WireCall => ({ method: 'GET', path })
  const remove = (path: string): WireCall => ({ method: 'DELETE', path })
  switch (call.type) {
    case 'close':
      return remove(`/v1/handles/${id(call.handle)}`)
    case 'unmap':
      return remove(`/v1/mappings/${id(call.mapping)}`)
    case 'end-lease':
      return remove(`/v1/leases/${id(call.lease)}`)
    case 'delete-claim':
      return remove(`/v1/claims/${call.claim}`)
    case 'read-device':
      return get(`/v1/devices/${chardev}?observed=false`)
    case 'read-mapping':
      return get(`/v1/mappings/${id(call.mapping)}`)
    case 'translate':
      return get(`/v1/mappings/${id(call.mapping)}/translate?offset=0`)
    case 'read-lease':
      return get(`/v1/leases/${id(call.lease)}`)
    case 'read-claim':
      return get(`/v1/claims/${call.claim}`)
    case 'list-handles':
      return get(`/v1/handles?chardev=${chardev}`)
    case 'list-mappings':
      return get(`/v1/mappings?chardev=${chardev}`)
    default:
      throw new Error(`${call.type} is no call of a client`)
  }
}

/** What an answer says in the lane's terms. */
export function laneAnswerOf(call: LaneCall, { status, body }: WireAnswer): LaneAnswer {
  if (status >= 300) return { code: body?.code ?? `status ${status}` }
  if (status === 204) return {}
  const { revision } = body
  switch (call.type) {
    case 'open':
      return { generation: body.generation, revision }
    case 'map':
    case 'read-mapping': {
      const { offset, length, generation, state } = body
      return { offset, length, generation, state, revision }
    }
    case 'enable':
    case 'disable':
    case 'read-device': {
      const revoked = body.revoked === undefined ? {} : { revoked: body.revoked.mappings }
      const { state, generation, refs } = body
      return { state, generation, refs, ...revoked, revision }
    }
    case 'lease':
    case 'renew':
      return { ttl_ms: body.ttl_ms, revision }
    case 'read-lease':
      return { revision }
    case 'put-claim':
      return { ...claimShown(body), status, revision }
    case 'read-claim':
      return { ...claimShown(body), revision }
    case 'translate':
      return { device_offset: body.device_offset }
    case 'list-handles':
      return { items: itemsOf(body.items, ['generation', 'revision']) }
    default: {
      const fields = ['state', 'offset', 'length', 'generation', 'revision']
      return { items: itemsOf(body.items, fields) }
    }
  }
}

function claimShown({ state, offset, length, generation, mmap }: Body): object {
  return { state, offset, length, generation, mmap: mmap !== null }
}

/** A claim's own handle and mapping have no label, but its name as their holder. */
function itemsOf(items: readonly Body[], fields: readonly string[]): unknown {
  return Object.fromEntries(
    items.map((item) => [
      item.labels.k ?? item.holder,
      Object.fromEntries(fields.map((field) => [field, item[field]])),
    ]),
  )
}

/** The kind and id of what a call deletes, as an event tells it; null for what deletes nothing. */
export function deletedBy({ ids }: LanePlace, call: LaneCall): string | null {
  switch (call.type) {
    case 'close':
      return `handle/${ids.get(call.handle)}`
    case 'unmap':
      return `mapping/${ids.get(call.mapping)}`
    case 'end-lease':
      return `lease/${ids.get(call.lease)}`
    default:
      return null
  }
}
