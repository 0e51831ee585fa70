import fc from 'fast-check'
import type { Endpoint } from './document.ts'
import type { Question } from './exchange.ts'
import { livePath, plausible } from './plausible.ts'
import type { State } from './state.ts'
import { wireText, withLive } from './wire-text.ts'

/** What a pasted device tells by itself, so that it must not be told twice. */
const TOLD_BY_INPUT = ['region', 'selector', 'size', 'ranges', 'align', 'mode', 'enabled']

/** The rules of a body that JSON Schema is not asked to tell: something gives the size, once. */
export function breaksRule({ title }: Endpoint, body: object): boolean {
  if (title !== 'POST /v1/namespaces') return false
  if ('input' in body) return TOLD_BY_INPUT.some((key) => key in body)
  return !('size' in body || 'ranges' in body)
}

/** One body that the endpoint's schema admits, always the same; null when it takes none. */
export function sampleBody(endpoint: Endpoint): object | null {
  const { body, components } = endpoint
  if (body === null) return null
  const bodies = plausible(body, components) as fc.Arbitrary<object>
  const [sample] = fc.sample(
    bodies.filter((one) => !breaksRule(endpoint, one)),
    { numRuns: 1, seed: 1 },
  )
  if (sample !== undefined) return sample
  throw new Error(`${endpoint.title} has no body that fits.`)
}

/** A request that is right in all but what a test makes wrong. */
export function questionOf(endpoint: Endpoint, state: State): Question & { readonly body: string } {
  const target = withLive(livePath(endpoint), state)
  return { method: endpoint.method, target, body: wireText(sampleBody(endpoint) ?? {}, state) }
}
