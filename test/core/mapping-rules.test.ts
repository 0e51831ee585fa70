import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { DeviceLife } from '../../src/core/device.ts'
import { rangesOf } from '../../src/core/device-range.ts'
import { DaxError } from '../../src/core/errors.ts'
import {
  type CheckedMapping,
  checkMapping,
  checkOpen,
  type MapHandle,
  type MapRequest,
  type MapSubject,
} from '../../src/core/mapping-rules.ts'
import { straddles } from '../../src/core/translate.ts'
import { ALIGNS, type Align, bytes, GIB, MIB } from '../../src/core/units.ts'
import { MAP_FLAGS } from '../../src/core/vocabulary.ts'

interface Attempt {
  readonly request: MapRequest
  readonly handle: MapHandle
  readonly device: MapSubject
}

const ALIGN_2M = bytes(2 * MIB) as Align

/** A 64 MiB device of align 2 MiB, and a request that it grants. */
const GRANTED: Attempt = {
  request: {
    offset: bytes(4 * MIB),
    length: bytes(8 * MIB),
    flags: ['MAP_SHARED'],
    prot: ['PROT_READ', 'PROT_WRITE'],
    dontfork: false,
    exclusive: true,
  },
  handle: { generation: 7, access: 'rw' },
  device: deviceOf({ units: 32, align: ALIGN_2M }),
}

const GRANT: CheckedMapping = {
  offset: bytes(4 * MIB),
  length: bytes(8 * MIB),
  align: ALIGN_2M,
  flags: ['MAP_SHARED'],
  prot: ['PROT_READ', 'PROT_WRITE'],
  dontfork: false,
  exclusive: true,
}

function deviceOf({ units, align }: { units: number; align: Align }): MapSubject {
  const ranges = rangesOf([{ start: bytes(16 * GIB), size: bytes(units * align) }])
  return {
    life: { state: 'enabled', generation: 7 },
    size: bytes(units * align),
    align,
    memmap: 'mem',
    mode: 'devdax',
    ranges,
    straddles: (window) => straddles({ ranges, align }, window),
  }
}

function withRequest(change: Partial<MapRequest>, from: Attempt = GRANTED): Attempt {
  return { ...from, request: { ...from.request, ...change } }
}

function withDevice(change: Partial<MapSubject>, from: Attempt = GRANTED): Attempt {
  return { ...from, device: { ...from.device, ...change } }
}

function withHandle(change: Partial<MapHandle>, from: Attempt = GRANTED): Attempt {
  return { ...from, handle: { ...from.handle, ...change } }
}

function unplaced(attempt: Attempt): Attempt {
  const { offset: _, ...request } = attempt.request
  return { ...attempt, request }
}

function check({ request, handle, device }: Attempt): CheckedMapping {
  return checkMapping(request, handle, device)
}

/** The code and the errno of the refusal, or the grant. */
function outcome<T>(attempt: () => T): T | string {
  try {
    return attempt()
  } catch (error) {
    if (error instanceof DaxError) return `${error.errno} ${error.code}`
    throw error
  }
}

const LIVES_THAT_ARE_NOT_ENABLED: [DeviceLife, string][] = [
  [{ state: 'draining', generation: 7, operation: 'op-1' }, 'EBUSY draining'],
  [{ state: 'disabled', generation: 7 }, 'ENXIO device_disabled'],
  [{ state: 'removed', generation: 7 }, 'ENXIO device_disabled'],
]

describe('checkMapping grants', () => {
  it('a placed request as it was made', () => {
    expect(check(GRANTED)).toEqual(GRANT)
  })

  it('an unplaced request with offset null', () => {
    expect(check(unplaced(GRANTED))).toEqual({ ...GRANT, offset: null })
  })

  it('the whole device', () => {
    const whole = withRequest({ offset: bytes(0), length: bytes(64 * MIB) })
    expect(check(whole)).toEqual({ ...GRANT, offset: 0, length: 64 * MIB })
    expect(check(unplaced(whole))).toEqual({ ...GRANT, offset: null, length: 64 * MIB })
  })

  it('a coarser align than the device has, measured on the offset alone', () => {
    const device = deviceOf({ units: 1024, align: ALIGN_2M })
    const attempt = withRequest({ align: bytes(GIB), offset: bytes(GIB) }, { ...GRANTED, device })
    expect(check(attempt)).toEqual({ ...GRANT, offset: GIB, align: GIB })
  })

  it('with duplicated flags and prot folded', () => {
    const attempt = withRequest({
      flags: ['MAP_SYNC', 'MAP_SHARED_VALIDATE', 'MAP_SYNC'],
      prot: ['PROT_NONE', 'PROT_READ', 'PROT_NONE', 'PROT_READ'],
    })
    expect(check(attempt)).toEqual({
      ...GRANT,
      flags: ['MAP_SYNC', 'MAP_SHARED_VALIDATE'],
      prot: ['PROT_NONE', 'PROT_READ'],
    })
  })

  it('every known flag that is neither private nor hugetlb', () => {
    const flags = MAP_FLAGS.filter((flag) => flag !== 'MAP_PRIVATE' && flag !== 'MAP_HUGETLB')
    expect(check(withRequest({ flags }))).toEqual({ ...GRANT, flags })
  })

  it('PROT_READ and PROT_EXEC to a read-only handle', () => {
    const prot = ['PROT_READ', 'PROT_EXEC'] as const
    expect(check(withHandle({ access: 'ro' }, withRequest({ prot })))).toEqual({ ...GRANT, prot })
  })

  it('a device without struct pages to a caller that does not fork', () => {
    const attempt = withRequest({ dontfork: true }, withDevice({ memmap: 'none' }))
    expect(check(attempt)).toEqual({ ...GRANT, dontfork: true })
  })
})

describe('checkMapping refuses', () => {
  it.each([
    ['a handle of an older generation', withHandle({ generation: 6 }), 'ESTALE stale_generation'],
    ['a handle of a later generation', withHandle({ generation: 8 }), 'ESTALE stale_generation'],
    ['PROT_WRITE through a ro handle', withHandle({ access: 'ro' }), 'EACCES access_denied'],
    ['length 0', withRequest({ length: bytes(0) }), 'EINVAL zero_length'],
    ['unplaced length 0', unplaced(withRequest({ length: bytes(0) })), 'EINVAL zero_length'],
    [
      'an end of 2^53',
      withRequest({ offset: bytes(Number.MAX_SAFE_INTEGER), length: bytes(1) }),
      'EOVERFLOW overflow',
    ],
    [
      'an end of 2^53-1, which is no overflow but misaligned',
      withRequest({ offset: bytes(Number.MAX_SAFE_INTEGER - 1), length: bytes(1) }),
      'EINVAL misaligned_offset',
    ],
    [
      'a flag it does not know, under MAP_SHARED too',
      withRequest({ flags: ['MAP_SHARED', 'MAP_FIXED'] }),
      'EOPNOTSUPP unknown_flag',
    ],
    [
      'a flag in another case',
      withRequest({ flags: ['MAP_SHARED', 'map_sync'] }),
      'EOPNOTSUPP unknown_flag',
    ],
    ['mode system-ram', withDevice({ mode: 'system-ram' }), 'ENXIO system_ram'],
    ['MAP_PRIVATE', withRequest({ flags: ['MAP_PRIVATE'] }), 'EINVAL not_shared'],
    [
      'MAP_PRIVATE beside MAP_SHARED',
      withRequest({ flags: ['MAP_SHARED', 'MAP_PRIVATE'] }),
      'EINVAL not_shared',
    ],
    ['no flags at all', withRequest({ flags: [] }), 'EINVAL not_shared'],
    ['flags without a sharing type', withRequest({ flags: ['MAP_POPULATE'] }), 'EINVAL not_shared'],
    ['MAP_HUGETLB', withRequest({ flags: ['MAP_SHARED', 'MAP_HUGETLB'] }), 'EINVAL hugetlb'],
    ['an align of 8 KiB', withRequest({ align: bytes(8192) }), 'EINVAL unsupported_align'],
    ['an align of 0', withRequest({ align: bytes(0) }), 'EINVAL unsupported_align'],
    [
      'an align below the device has',
      withRequest({ align: bytes(4096) }),
      'EINVAL unsupported_align',
    ],
    [
      'an offset off the device align by a page',
      withRequest({ offset: bytes(4 * MIB + 4096) }),
      'EINVAL misaligned_offset',
    ],
    [
      'an offset on the device align but off the one asked for',
      withRequest({ align: bytes(GIB) }),
      'EINVAL misaligned_offset',
    ],
    ['a length of one page', withRequest({ length: bytes(4096) }), 'EINVAL misaligned_length'],
    [
      'an unplaced length of one page',
      unplaced(withRequest({ length: bytes(4096) })),
      'EINVAL misaligned_length',
    ],
    ['memmap none without dontfork', withDevice({ memmap: 'none' }), 'EINVAL needs_dontfork'],
    [
      'a window that begins at the end of the device',
      withRequest({ offset: bytes(64 * MIB) }),
      'EINVAL out_of_range',
    ],
    [
      'a window that ends one unit beyond the device',
      withRequest({ offset: bytes(58 * MIB) }),
      'EINVAL out_of_range',
    ],
    [
      'an unplaced request one unit longer than the device',
      unplaced(withRequest({ length: bytes(66 * MIB) })),
      'EINVAL out_of_range',
    ],
    [
      'a window with a unit across two ranges',
      withDevice({ straddles: () => true }),
      'EINVAL straddles_ranges',
    ],
  ])('%s', (_, attempt, refusal) => {
    expect(outcome(() => check(attempt))).toEqual(refusal)
  })

  it.each(LIVES_THAT_ARE_NOT_ENABLED)('a device that is %j', (life, refusal) => {
    expect(outcome(() => check(withDevice({ life })))).toEqual(refusal)
  })

  it.each(LIVES_THAT_ARE_NOT_ENABLED)('by its life, not its mode, when %j', (life, refusal) => {
    expect(outcome(() => check(withDevice({ life, mode: 'system-ram' })))).toEqual(refusal)
  })

  it('a removed device by generation first', () => {
    const removed = withDevice({ life: { state: 'removed', generation: 8 } })
    expect(outcome(() => check(removed))).toEqual('ESTALE stale_generation')
  })

  it('only what is asked of it: an unplaced request is not asked where it straddles', () => {
    const attempt = unplaced(withDevice({ straddles: () => true }))
    expect(check(attempt)).toEqual({ ...GRANT, offset: null })
  })

  it('with the numbers in its detail', () => {
    const attempt = withRequest({ offset: bytes(58 * MIB) })
    expect(() => check(attempt)).toThrow('8388608 bytes at offset 60817408 go beyond')
    expect(() => check(attempt)).toThrow(`${64 * MIB}`)
    expect(() => check(withRequest({ flags: ['MAP_A', 'MAP_SHARED', 'MAP_B', 'MAP_A'] }))).toThrow(
      'Unknown mmap flags: MAP_A, MAP_B.',
    )
  })
})

describe('checkOpen', () => {
  it('lets an enabled devdax device be opened', () => {
    const device = { life: { state: 'enabled', generation: 1 }, mode: 'devdax' } as const
    expect(outcome(() => checkOpen(device))).toBeUndefined()
  })

  it.each(LIVES_THAT_ARE_NOT_ENABLED)('refuses a device that is %j', (life, refusal) => {
    expect(outcome(() => checkOpen({ life, mode: 'devdax' }))).toEqual(refusal)
  })

  it.each([
    ['enabled', { state: 'enabled', generation: 1 }, 'ENXIO system_ram'],
    [
      'disabled, since enabling would not help',
      { state: 'disabled', generation: 1 },
      'ENXIO system_ram',
    ],
    ['draining', { state: 'draining', generation: 1, operation: 'op-1' }, 'EBUSY draining'],
  ] as const)('refuses a system-ram device that is %s', (_, life, refusal) => {
    expect(outcome(() => checkOpen({ life, mode: 'system-ram' }))).toEqual(refusal)
  })
})

/**
 * The order as `api.md` has it, each code with one way to earn it. A defect overwrites whatever
 * the ones applied before it set, so applying them last to first lets the first one show.
 */
const DEFECTS_IN_ORDER: readonly [code: string, spoil: (from: Attempt) => Attempt][] = [
  ['ESTALE stale_generation', (from) => withHandle({ generation: 6 }, from)],
  [
    'EACCES access_denied',
    (from) => withHandle({ access: 'ro' }, withRequest({ prot: ['PROT_WRITE'] }, from)),
  ],
  ['EINVAL zero_length', (from) => withRequest({ length: bytes(0) }, from)],
  ['EOVERFLOW overflow', (from) => withRequest({ offset: bytes(Number.MAX_SAFE_INTEGER) }, from)],
  [
    'EOPNOTSUPP unknown_flag',
    (from) => withRequest({ flags: [...from.request.flags, 'MAP_FIXED'] }, from),
  ],
  [
    'EBUSY draining',
    (from) => withDevice({ life: { state: 'draining', generation: 7, operation: 'op-1' } }, from),
  ],
  [
    'ENXIO device_disabled',
    (from) => withDevice({ life: { state: 'removed', generation: 7 } }, from),
  ],
  ['ENXIO system_ram', (from) => withDevice({ mode: 'system-ram' }, from)],
  [
    'EINVAL not_shared',
    (from) => withRequest({ flags: [...from.request.flags, 'MAP_PRIVATE'] }, from),
  ],
  [
    'EINVAL hugetlb',
    (from) => withRequest({ flags: [...from.request.flags, 'MAP_HUGETLB'] }, from),
  ],
  ['EINVAL unsupported_align', (from) => withRequest({ align: bytes(12288) }, from)],
  [
    'EINVAL misaligned_offset',
    (from) => withRequest({ offset: bytes((from.request.offset ?? 0) + 512) }, from),
  ],
  [
    'EINVAL misaligned_length',
    (from) => withRequest({ length: bytes(from.request.length + 1) }, from),
  ],
  [
    'EINVAL needs_dontfork',
    (from) => withDevice({ memmap: 'none' }, withRequest({ dontfork: false }, from)),
  ],
  ['EINVAL out_of_range', (from) => withRequest({ offset: from.device.size }, from)],
  ['EINVAL straddles_ranges', (from) => withDevice({ straddles: () => true }, from)],
]

const granted: fc.Arbitrary<Attempt> = fc
  .record({
    align: fc.constantFrom(...ALIGNS.map((align) => bytes(align) as Align)),
    units: fc.integer({ min: 1, max: 4096 }),
    first: fc.nat(),
    count: fc.nat(),
    sharing: fc.constantFrom('MAP_SHARED', 'MAP_SHARED_VALIDATE'),
    dontfork: fc.boolean(),
    exclusive: fc.boolean(),
  })
  .map(({ align, units, first, count, sharing, dontfork, exclusive }) => {
    const from = first % units
    const request: MapRequest = {
      offset: bytes(from * align),
      length: bytes((1 + (count % (units - from))) * align),
      flags: [sharing],
      prot: ['PROT_READ', 'PROT_WRITE'],
      dontfork,
      exclusive,
    }
    return { request, handle: GRANTED.handle, device: deviceOf({ units, align }) }
  })

describe('the order of the checks', () => {
  it('lets the first broken rule decide, whichever others are broken too', () => {
    const defects = fc.subarray(
      DEFECTS_IN_ORDER.map((_, index) => index),
      { minLength: 1 },
    )
    return fc.assert(
      fc.property(granted, defects, (attempt, chosen) => {
        const spoiled = chosen.reduceRight(
          (from, index) => DEFECTS_IN_ORDER[index]![1](from),
          attempt,
        )
        expect(outcome(() => check(spoiled))).toEqual(DEFECTS_IN_ORDER[chosen[0]!]![0])
      }),
      { numRuns: 2000 },
    )
  })

  it('grants every request that breaks none', () =>
    fc.assert(
      fc.property(granted, (attempt) => {
        const { offset, length, flags, prot, dontfork, exclusive } = attempt.request
        const { align } = attempt.device
        expect(check(attempt)).toEqual({ offset, length, align, flags, prot, dontfork, exclusive })
      }),
    ))
})
