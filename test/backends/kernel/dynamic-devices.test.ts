import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Align } from '../../../src/core/units.ts'
import { holder, newHost, plan, refusal } from './fixture.ts'

describe('making a device', () => {
  test('takes an empty id 0 first, then a name of the kernel, each in the planned places', async () => {
    const { backend, kernel } = await newHost()
    const first = await backend.create(
      plan([
        [0, 64],
        [128, 32],
      ]),
    )
    const second = await backend.create(plan([[64, 64]], { align: 4096 as Align }))
    const view = await backend.discover()
    expect(view.devices).toEqual([first, second])
    expect(
      [first, second].map(({ chardev, enabled, extents, align }) => {
        return { chardev, enabled, extents, align }
      }),
    ).toEqual([
      {
        chardev: 'dax0.0',
        enabled: false,
        align: 2 ** 21,
        extents: plan([
          [0, 64],
          [128, 32],
        ]).extents,
      },
      { chardev: 'dax0.1', enabled: false, align: 4096, extents: plan([[64, 64]]).extents },
    ])
    expect(kernel.devices()).toEqual(['dax0.0 96M unbound', 'dax0.1 64M unbound'])
  })

  test('of several ranges that daxd gives none is read from the kernel, at no later look either', async () => {
    // A read would be preceded by a wait that outlasts the test.
    const { backend, kernel } = await newHost({ timeouts: { settleMs: 3_600_000 } })
    const scattered = plan([
      [64, 32],
      [0, 32],
      [256, 64],
    ])
    const made = await backend.create(scattered)
    const grown = plan([
      [64, 32],
      [0, 32],
      [256, 64],
      [128, 2],
    ])
    await backend.reshape(made.chardev, { ...grown, mode: 'devdax' })
    const [shown] = (await backend.discover()).devices
    expect(shown?.ranges).toEqual(grown.ranges)
    expect(kernel.devices()).toEqual(['dax0.0 130M unbound'])
  })

  test('leaves an empty id 0 alone that is not planned for: it may be a shrunk namespace’s', async () => {
    const { backend, kernel } = await newHost()
    const made = await backend.create({ ...plan([[0, 64]]), chardev: 'dax0.1' })
    expect(made.chardev).toBe('dax0.1')
    expect(kernel.devices()).toEqual(['dax0.0 0M unbound', 'dax0.1 64M unbound'])
  })

  test('leaves an empty id 0 alone while an earlier life of it is still open', async () => {
    const { backend, holders } = await newHost()
    holders.set('253:1', [holder(7)])
    expect((await backend.create(plan([[0, 64]]))).chardev).toBe('dax0.1')
  })

  test.each([
    ['create', 'ENOSPC', 'no_space'],
    ['create', 'EINTR', 'backend_failed'],
    ['align', 'EINVAL', 'unsupported_align'],
    ['mapping', 'ENOMEM', 'range_taken'],
    ['mapping', 'EBUSY', 'range_taken'],
    ['mapping', 'ENXIO', 'misaligned_range'],
    ['mapping', 'EIO', 'backend_failed'],
  ])('a %s refused with %s is %s, and no stray device stays', async (attribute, errno, code) => {
    const { backend, kernel } = await newHost()
    await backend.create(plan([[0, 64]]))
    const before = kernel.devices()
    kernel.failNext(attribute, errno)
    const wanted = plan([[64, 64]], { align: 4096 as Align })
    expect(await refusal(backend.create(wanted))).toBe(code)
    expect(kernel.devices()).toEqual(before)
    expect((await backend.create(wanted)).chardev).toBe('dax0.1')
  })

  test('a place that another device has empties id 0 again, which the kernel cannot delete', async () => {
    const { backend, kernel } = await newHost()
    await backend.create(plan([[0, 64]]))
    const other = await backend.create(plan([[64, 64]]))
    await backend.destroy('dax0.0')
    expect(
      await refusal(
        backend.create(
          plan([
            [0, 32],
            [96, 64],
          ]),
        ),
      ),
    ).toBe('range_taken')
    expect(kernel.devices()).toEqual(['dax0.0 0M unbound', 'dax0.1 64M unbound'])
    expect((await backend.discover()).devices[1]).toEqual(other)
  })

  test('a length that the kernel would not take as asked is misaligned_range', async () => {
    const { backend, kernel } = await newHost()
    expect(await refusal(backend.create(plan([[0, 63.5]])))).toBe('misaligned_range')
    expect(kernel.devices()).toEqual(['dax0.0 0M unbound'])
  })

  test('a region that is not there is no_such_region', async () => {
    const { backend } = await newHost()
    expect(await refusal(backend.create(plan([[0, 64]], { region: 9 })))).toBe('no_such_region')
  })
})

describe('changing a disabled device', () => {
  test.each([
    ['shrinking', [[0, 32]]],
    ['growing in place', [[0, 128]]],
    [
      'a further range',
      [
        [0, 64],
        [128, 64],
      ],
    ],
    ['moving', [[256, 64]]],
    [
      'growing in place and further',
      [
        [0, 96],
        [256, 32],
      ],
    ],
  ] as const)('%s gives exactly the places asked for', async (_name, places) => {
    const { backend } = await newHost()
    await backend.create(plan([[0, 64]]))
    const wanted = plan(places)
    const made = await backend.reshape('dax0.0', wanted)
    expect({ extents: made.extents, ranges: made.ranges }).toEqual({
      extents: wanted.extents,
      ranges: wanted.ranges,
    })
  })

  test('a refusal half-way gives the old places and the old align back', async () => {
    const { backend, kernel } = await newHost()
    const before = await backend.create(
      plan([
        [0, 64],
        [128, 64],
      ]),
    )
    await backend.create(plan([[64, 64]]))
    const wanted = plan(
      [
        [0, 32],
        [256, 64],
        [96, 32],
      ],
      { align: 4096 as Align },
    )
    expect(await refusal(backend.reshape('dax0.0', wanted))).toBe('range_taken')
    expect((await backend.discover()).devices[0]).toEqual(before)
    expect(kernel.devices()).toEqual(['dax0.0 128M unbound', 'dax0.1 64M unbound'])
  })

  test('an enabled device is device_enabled and stays as it is', async () => {
    const { backend, kernel } = await newHost()
    await backend.create(plan([[0, 64]]))
    await backend.enable('dax0.0')
    expect(await refusal(backend.reshape('dax0.0', plan([[0, 32]])))).toBe('device_enabled')
    expect(await refusal(backend.destroy('dax0.0'))).toBe('device_enabled')
    expect(kernel.devices()).toEqual(['dax0.0 64M device_dax'])
  })

  test('any run of reshapes ends in what the last one that succeeded asked for', async () => {
    const unit = fc.record({ at: fc.nat(15), size: fc.integer({ min: 1, max: 4 }) })
    const shape = fc.uniqueArray(unit, { minLength: 1, maxLength: 3, selector: ({ at }) => at })
    await fc.assert(
      fc.asyncProperty(fc.array(shape, { minLength: 1, maxLength: 4 }), async (shapes) => {
        const { backend } = await newHost()
        await backend.create(plan([[480, 32]]))
        const device = await backend.create(plan([[0, 32]]))
        let expected = device.extents
        for (const pieces of shapes) {
          const wanted = plan(pieces.map(({ at, size }) => [at * 32, size * 16] as const))
          const code = await refusal(backend.reshape('dax0.1', wanted))
          if (code === 'no refusal') expected = wanted.extents
          else expect(code).toBe('range_taken')
          const { devices } = await backend.discover()
          expect(devices[1]?.extents).toEqual(expected)
        }
      }),
      { numRuns: 8 },
    )
  })
})

describe('removing a device', () => {
  test('deletes it, but only empties id 0; doing it again is a success', async () => {
    const { backend, kernel } = await newHost()
    await backend.create(plan([[0, 64]]))
    await backend.create(plan([[64, 64]]))
    for (const chardev of ['dax0.0', 'dax0.1', 'dax0.1', 'dax7.7', 'nonsense']) {
      await backend.destroy(chardev)
    }
    expect(kernel.devices()).toEqual(['dax0.0 0M unbound'])
  })
})
