/** What every route declares besides its own shapes. */
import type { z } from 'zod'
import { problemView } from './problem.ts'

/** A schema whose values are `T`; routes name schemas by it, for zod is not theirs to import. */
export type Schema<T = unknown> = z.ZodType<T>

/** A schema of an object, with its members. */
export type ObjectSchema = z.ZodObject

const problem = { 'application/problem+json': { schema: problemView } }

/** The answers that any route may give. */
export const problemResponses = {
  '4xx': { description: 'A refusal: what the caller can change.', content: problem },
  '5xx': { description: 'A failure of the host, of daxd or for want of room.', content: problem },
}

/** What the reference shows of a route, and the shapes that its answers are held to. */
interface RouteContract {
  /** One line. */
  readonly summary: string
  readonly tags: readonly RouteTag[]
  readonly response: object
}

export const ROUTE_TAGS = [
  { name: 'regions', description: 'Physical ranges that the host offers.' },
  { name: 'namespaces', description: 'Desired state: named slices of regions.' },
  { name: 'devices', description: 'Live state of `/dev/daxR.N`.' },
  { name: 'handles', description: 'Opens of devices.' },
  { name: 'mappings', description: 'Aligned parts of devices that someone may mmap.' },
  { name: 'batch', description: 'Many opens and mappings in one durable commit.' },
  { name: 'leases', description: "Holders' lives." },
  { name: 'claims', description: 'All of it in one call.' },
  { name: 'operations', description: 'Work that outlasts its call.' },
  { name: 'tenants', description: 'Teams that share the host, and what they may have.' },
  { name: 'events', description: 'Every change, in order.' },
  { name: 'audit', description: 'Who did what, from where and why.' },
  { name: 'reconciliation', description: 'Desired state, ledger and host side by side.' },
  { name: 'host', description: 'What the host supports.' },
  { name: 'service', description: 'Health, metrics and this reference.' },
] as const
export type RouteTag = (typeof ROUTE_TAGS)[number]['name']

/** A route's schema with {@link problemResponses} added to its own answers. */
export function withContract<const S extends RouteContract>(schema: S) {
  const response: S['response'] & typeof problemResponses = {
    ...schema.response,
    ...problemResponses,
  }
  return { ...schema, response }
}
