import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { InvariantViolation } from '../../src/core/invariant.ts'
import {
  createReferenceCounts,
  NO_REFERENCES,
  type ReferenceKind,
} from '../../src/core/references.ts'

const DEVICES = ['dax0.0', 'dax0.1', 'dax1.0'] as const
const KINDS: readonly ReferenceKind[] = ['handles', 'mappings']

describe('reference counts', () => {
  it('of a device that nobody has touched are none', () => {
    const counts = createReferenceCounts()
    expect(counts.of('dax0.0')).toEqual({ handles: 0, mappings: 0 })
    expect(counts.total('dax0.0')).toBe(0)
  })

  it('keep a mapping when the handle that it was made through is closed', () => {
    const counts = createReferenceCounts()
    counts.acquire('dax0.0', 'handles')
    counts.acquire('dax0.0', 'mappings')
    counts.release('dax0.0', 'handles')
    expect(counts.of('dax0.0')).toEqual({ handles: 0, mappings: 1 })
  })

  it('refuse the release of what was never acquired and change nothing', () => {
    const counts = createReferenceCounts()
    counts.acquire('dax0.0', 'handles')
    expect(() => counts.release('dax0.1', 'handles')).toThrow(InvariantViolation)
    expect(() => counts.release('dax0.0', 'mappings')).toThrow(InvariantViolation)
    expect(counts.of('dax0.0')).toEqual({ handles: 1, mappings: 0 })
    expect(counts.of('dax0.1')).toEqual({ handles: 0, mappings: 0 })
  })

  it('refuse a double release and change nothing', () => {
    const counts = createReferenceCounts()
    counts.acquire('dax0.0', 'handles')
    counts.acquire('dax0.0', 'mappings')
    counts.release('dax0.0', 'mappings')
    expect(() => counts.release('dax0.0', 'mappings')).toThrow(InvariantViolation)
    expect(counts.of('dax0.0')).toEqual({ handles: 1, mappings: 0 })
    counts.release('dax0.0', 'handles')
    expect(() => counts.release('dax0.0', 'handles')).toThrow(InvariantViolation)
    expect(counts.of('dax0.0')).toEqual({ handles: 0, mappings: 0 })
  })

  it('given out earlier stay as they were', () => {
    const counts = createReferenceCounts()
    const none = counts.of('dax0.0')
    counts.acquire('dax0.0', 'handles')
    const one = counts.of('dax0.0')
    counts.acquire('dax0.0', 'handles')
    expect([none, one]).toEqual([
      { handles: 0, mappings: 0 },
      { handles: 1, mappings: 0 },
    ])
    expect(NO_REFERENCES).toEqual({ handles: 0, mappings: 0 })
  })

  it('agree with a naive multiset over long runs', () => {
    const step = fc.record({
      verb: fc.constantFrom('acquire', 'release'),
      device: fc.constantFrom(...DEVICES),
      kind: fc.constantFrom(...KINDS),
    })
    return fc.assert(
      fc.property(fc.array(step, { maxLength: 200, size: 'max' }), (steps) => {
        const counts = createReferenceCounts()
        const held: string[] = []
        const heldOf = (device: string, kind: string) =>
          held.filter((name) => name === `${device} ${kind}`).length
        for (const { verb, device, kind } of steps) {
          const place = held.indexOf(`${device} ${kind}`)
          if (verb === 'acquire') {
            counts.acquire(device, kind)
            held.push(`${device} ${kind}`)
          } else if (place >= 0) {
            counts.release(device, kind)
            held.splice(place, 1)
          } else {
            expect(() => counts.release(device, kind)).toThrow(InvariantViolation)
          }
          const seen = DEVICES.map((name) => ({ ...counts.of(name), total: counts.total(name) }))
          const expected = DEVICES.map((name) => ({
            handles: heldOf(name, 'handles'),
            mappings: heldOf(name, 'mappings'),
            total: held.filter((entry) => entry.startsWith(`${name} `)).length,
          }))
          expect(seen).toEqual(expected)
        }
      }),
    )
  })
})
