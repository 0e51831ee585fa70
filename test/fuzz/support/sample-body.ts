import fc from 'fast-check'
import type { Endpoint } from './document.ts'
import type { Question } from './exchange.ts'
import { livePath, plausible } from './plausible.ts'
import type { State } from './state.ts'
import { wireText, withLive } from './wire-text.ts'

/** The one rule of a body that JSON Schema is not asked to tell: a size, or ranges. */
export function lacksSize({ title }: Endpoint, body: object): boolean {
  return title === 'POST /v1/namespaces' && !('size' in body || 'ranges' in body)
}

/** One body that the endpoint's schema admits, always the same; null when it takes none. */
export function sampleBody(endpoint: Endpoint): object | null {
  const { body, components } = endpoint
  if (body === null) return null
  const bodies = plausible(body, components) as fc.Arbitrary<object>
  const [sample] = fc.sample(
    bodies.filter((one) => !lacksSize(endpoint, one)),
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
