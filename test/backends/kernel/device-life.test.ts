import { readlink, rename, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { bytes } from '../../../src/core/units.ts'
import { holder, newHost, plan, refusal } from './fixture.ts'

describe('enabling', () => {
  test('binds to device_dax and shows the node; doing it twice is the same as once', async () => {
    const { backend, kernel, nodes } = await newHost()
    await backend.create(plan([[0, 64]]))
    await backend.disable('dax0.0')
    const once = await backend.enable('dax0.0')
    const count = kernel.writes.length
    expect(await backend.enable('dax0.0')).toEqual(once)
    expect(once.enabled).toBe(true)
    expect(kernel.writes).toHaveLength(count)
    expect([...nodes.away]).toEqual([])
  })

  test('a kernel whose default is kmem is told the name first, and takes no other device', async () => {
    const { backend, kernel } = await newHost({ kmemIsDefault: true, kmemLoaded: true })
    await backend.create(plan([[0, 64]]))
    await backend.create(plan([[64, 64]]))
    await backend.enable('dax0.0')
    await backend.enable('dax0.1')
    await backend.disable('dax0.0')
    await backend.disable('dax0.1')
    await backend.enable('dax0.1')
    expect(kernel.devices()).toEqual(['dax0.0 64M unbound', 'dax0.1 64M device_dax'])
  })

  test('a device without memory is empty_device, a name without device no_such_device', async () => {
    const { backend } = await newHost()
    expect(await refusal(backend.enable('dax0.0'))).toBe('empty_device')
    expect(await refusal(backend.enable('dax0.3'))).toBe('no_such_device')
  })

  test('is stale_holders while a process has an earlier life open, and binds nothing', async () => {
    const { backend, kernel, holders, nodes } = await newHost()
    await backend.create(plan([[0, 64]]))
    await backend.enable('dax0.0')
    holders.set('253:1', [holder(7)])
    await backend.disable('dax0.0')
    expect(await refusal(backend.enable('dax0.0'))).toBe('stale_holders')
    await backend.unfence('dax0.0')
    expect(kernel.devices()).toEqual(['dax0.0 64M unbound'])
    expect([...nodes.away]).toEqual(['dax0.0'])
    holders.clear()
    expect((await backend.enable('dax0.0')).enabled).toBe(true)
    expect([...nodes.away]).toEqual([])
  })

  test('a broken open count is mended by one more round, and such a device is never deleted', async () => {
    const { backend, kernel, nodes } = await newHost()
    await backend.create(plan([[0, 64]]))
    await backend.create(plan([[64, 64]]))
    nodes.openErrnos.push('ENXIO')
    kernel.writes.length = 0
    await backend.enable('dax0.1')
    expect(kernel.writes).toEqual([
      'device_dax/bind dax0.1',
      'device_dax/remove_id dax0.1',
      'driver/unbind dax0.1',
      'device_dax/bind dax0.1',
    ])
    await backend.disable('dax0.1')
    await backend.destroy('dax0.1')
    expect(kernel.devices()).toEqual(['dax0.0 64M unbound', 'dax0.1 0M unbound'])
    expect([...nodes.away]).toEqual(['dax0.1'])
  })

  test('a restart of daxd does not make it forget a broken open count; a reboot does', async () => {
    const { backend, kernel, nodes, restart } = await newHost()
    for (const offset of [0, 64, 128]) await backend.create(plan([[offset, 64]]))
    for (const chardev of ['dax0.1', 'dax0.2']) {
      nodes.openErrnos.push('ENXIO')
      await backend.enable(chardev)
    }
    const later = await restart()
    await later.disable('dax0.1')
    await later.destroy('dax0.1')
    const afterRestart = kernel.devices()
    await writeFile(join(kernel.procRoot, 'sys/kernel/random/boot_id'), 'boot-2\n')
    const rebooted = await restart()
    await rebooted.disable('dax0.2')
    await rebooted.destroy('dax0.2')
    expect([afterRestart, kernel.devices()]).toEqual([
      ['dax0.0 64M unbound', 'dax0.1 0M unbound', 'dax0.2 64M device_dax'],
      ['dax0.0 64M unbound', 'dax0.1 0M unbound'],
    ])
  })

  test('a device that others broke is seen when daxd disables it, and never deleted', async () => {
    const { backend, kernel, nodes } = await newHost()
    for (const offset of [0, 64]) await backend.create(plan([[offset, 64]]))
    await backend.enable('dax0.1')
    nodes.openErrnos.push('ENXIO')
    await backend.disable('dax0.1')
    await backend.destroy('dax0.1')
    expect(kernel.devices()).toEqual(['dax0.0 64M unbound', 'dax0.1 0M unbound'])
  })

  test('a device that others have bound again is not deleted, broken or not', async () => {
    const { backend, kernel } = await newHost()
    for (const offset of [0, 64]) await backend.create(plan([[offset, 64]]))
    await backend.enable('dax0.1')
    const driver = join(kernel.sysRoot, 'bus/dax/devices/dax0.1/driver')
    const target = await readlink(driver)
    await rename(driver, join(kernel.sysRoot, 'the-old-link'))
    await symlink(target, driver)
    await backend.disable('dax0.1')
    await backend.destroy('dax0.1')
    expect(kernel.devices()).toEqual(['dax0.0 64M unbound', 'dax0.1 0M unbound'])
  })

  test('a device that others have disabled is not deleted, though daxd has enabled it since', async () => {
    const { backend, kernel } = await newHost()
    for (const offset of [0, 64]) await backend.create(plan([[offset, 64]]))
    await backend.enable('dax0.1')
    await kernel.write(join(kernel.sysRoot, 'bus/dax/devices/dax0.1/driver/unbind'), 'dax0.1')
    await backend.enable('dax0.1')
    await backend.disable('dax0.1')
    await backend.destroy('dax0.1')
    expect(kernel.devices()).toEqual(['dax0.0 64M unbound', 'dax0.1 0M unbound'])
  })

  test('an open count that stays broken is backend_failed and leaves the device disabled', async () => {
    const { backend, kernel, nodes } = await newHost()
    await backend.create(plan([[0, 64]]))
    nodes.openErrnos.push('ENXIO', 'ENXIO')
    expect(await refusal(backend.enable('dax0.0'))).toBe('backend_failed')
    expect(kernel.devices()).toEqual(['dax0.0 64M unbound'])
  })

  test('never opens a node while the device has no driver', async () => {
    const { backend, kernel, nodes } = await newHost()
    const opened: string[] = []
    nodes.tryOpen = async ({ chardev }) => {
      opened.push(kernel.devices().find((line) => line.startsWith(chardev)) ?? '')
      return null
    }
    await backend.create(plan([[0, 64]]))
    await backend.enable('dax0.0')
    await backend.disable('dax0.0')
    await backend.wipe('dax0.0', { offset: bytes(0), length: bytes(4096) }, () => undefined)
    await backend.enable('dax0.0')
    expect(opened).toEqual(Array.from({ length: 4 }, () => 'dax0.0 64M device_dax'))
  })
})

describe('disabling', () => {
  test('hides the node before the driver goes, and puts a stand-in while somebody may hold it', async () => {
    const { backend, kernel, nodes } = await newHost()
    await backend.create(plan([[0, 64]]))
    await backend.enable('dax0.0')
    expect((await backend.disable('dax0.0')).enabled).toBe(false)
    expect(kernel.devices()).toEqual(['dax0.0 64M unbound'])
    expect([...nodes.away]).toEqual(['dax0.0'])
    expect([...nodes.standIns]).toEqual(['dax0.0'])
  })

  test('leaves the node as it is when nobody was seen to hold the device while it was shut', async () => {
    const { backend, nodes } = await newHost()
    await backend.create(plan([[0, 64]]))
    await backend.enable('dax0.0')
    await backend.fence('dax0.0')
    expect([[...nodes.away], [...nodes.standIns]]).toEqual([['dax0.0'], []])
    await backend.observe(['dax0.0'])
    await backend.disable('dax0.0')
    expect([[...nodes.away], [...nodes.standIns]]).toEqual([[], []])
  })

  test('a refusal leaves the device enabled and its node where it was', async () => {
    const { backend, kernel, nodes } = await newHost()
    await backend.create(plan([[0, 64]]))
    await backend.enable('dax0.0')
    kernel.failNext('unbind', 'EIO')
    expect(await refusal(backend.disable('dax0.0'))).toBe('backend_failed')
    expect(kernel.devices()).toEqual(['dax0.0 64M device_dax'])
    expect([...nodes.away]).toEqual([])
  })

  test('an unbind that hangs on pinned pages is backend_timeout, again and again', async () => {
    const { backend, kernel } = await newHost({ timeouts: { writeMs: 1000 } })
    await backend.create(plan([[0, 64]]))
    await backend.enable('dax0.0')
    kernel.hangNext('unbind')
    expect(await refusal(backend.disable('dax0.0'))).toBe('backend_timeout')
    const count = kernel.writes.filter((line) => line.includes('unbind')).length
    expect(await refusal(backend.disable('dax0.0'))).toBe('backend_timeout')
    expect(kernel.writes.filter((line) => line.includes('unbind'))).toHaveLength(count)
  })

  test('needs no further look at processes when one with the node hidden found nobody', async () => {
    const { backend, looks } = await newHost()
    await backend.create(plan([[0, 64]]))
    await backend.enable('dax0.0')
    const before = looks.count
    await backend.fence('dax0.0')
    await backend.observe(['dax0.0'])
    await backend.disable('dax0.0')
    await backend.destroy('dax0.0')
    await backend.create(plan([[0, 64]]))
    expect(looks.count - before).toBe(1)
  })
})

describe('users', () => {
  test('are stale while their device is disabled, and after another took its number', async () => {
    const { backend, holders } = await newHost()
    await backend.create(plan([[0, 64]]))
    await backend.create(plan([[64, 64]]))
    await backend.enable('dax0.1')
    holders.set('253:2', [holder(7)])
    const seen = async () => {
      const { users } = await backend.observe(['dax0.1'])
      return users.get('dax0.1')?.map(({ pid, stale }) => ({ pid, stale }))
    }
    expect(await seen()).toEqual([{ pid: 7, stale: false }])
    await backend.disable('dax0.1')
    expect(await seen()).toEqual([{ pid: 7, stale: true }])
    await backend.destroy('dax0.1')
    expect(await seen()).toEqual([{ pid: 7, stale: true }])
    await backend.create(plan([[64, 64]]))
    await backend.enable('dax0.1')
    expect(await seen()).toEqual([{ pid: 7, stale: true }])
    holders.set('253:2', [{ ...holder(7), fds: [3, 4] }])
    expect(await seen()).toEqual([{ pid: 7, stale: false }])
    // It has closed the removed device's and opened the new one, which got the same descriptor.
    holders.set('253:2', [{ ...holder(7), inodes: [60] }])
    expect(await seen()).toEqual([{ pid: 7, stale: false }])
  })
})

describe('wiping', () => {
  const part = { offset: bytes(4096), length: bytes(8192) }
  const WIPED = [
    'daxio -z -o /dev/dax0.0 -s 4096 -l 8192',
    expect.stringMatching(
      /^sh -c .*daxio -i "\$1" -k "\$2" .* cmp -n .* \/dev\/zero sh \/dev\/dax0.0 4096 8192 60$/,
    ),
  ]

  test('runs daxio on an enabled device as it is', async () => {
    const { backend, commands, kernel } = await newHost()
    await backend.create(plan([[0, 64]]))
    await backend.enable('dax0.0')
    const progress: number[] = []
    await backend.wipe('dax0.0', part, (done) => progress.push(done))
    expect(commands).toEqual(WIPED)
    expect(progress).toEqual([0, 8192])
    expect(kernel.devices()).toEqual(['dax0.0 64M device_dax'])
  })

  test('gives a disabled device its driver for the time, by a node for root alone', async () => {
    const { backend, commands, kernel, nodes } = await newHost()
    await backend.create(plan([[0, 64]]))
    await backend.wipe('dax0.0', part, () => undefined)
    expect(commands).toEqual(WIPED)
    expect(kernel.devices()).toEqual(['dax0.0 64M unbound'])
    expect([[...nodes.away], [...nodes.standIns]]).toEqual([['dax0.0'], ['dax0.0']])
  })

  test.each([
    [{ kind: 'missing' }, 'unsupported'],
    [{ kind: 'timed-out' }, 'backend_timeout'],
    [{ kind: 'failed', exitCode: 1, stderr: 'x' }, 'backend_failed'],
  ] as const)('daxio %o is %s, and the device is disabled again', async (outcome, code) => {
    const { backend, kernel } = await newHost({ run: async () => outcome })
    await backend.create(plan([[0, 64]]))
    expect(await refusal(backend.wipe('dax0.0', part, () => undefined))).toBe(code)
    expect(kernel.devices()).toEqual(['dax0.0 64M unbound'])
  })

  test('what does not read as zero afterwards is wipe_unverified, and the device is disabled again', async () => {
    const { backend, kernel } = await newHost({
      run: async (command) =>
        command === 'sh'
          ? { kind: 'failed', exitCode: 1, stderr: 'differ' }
          : { kind: 'done', stdout: '' },
    })
    await backend.create(plan([[0, 64]]))
    expect(await refusal(backend.wipe('dax0.0', part, () => undefined))).toBe('wipe_unverified')
    expect(kernel.devices()).toEqual(['dax0.0 64M unbound'])
  })

  test('beyond the end is out_of_range; a held disabled device is stale_holders', async () => {
    const { backend, holders } = await newHost()
    await backend.create(plan([[0, 64]]))
    await backend.enable('dax0.0')
    holders.set('253:1', [holder(7)])
    await backend.disable('dax0.0')
    expect(await refusal(backend.wipe('dax0.0', part, () => undefined))).toBe('stale_holders')
    const beyond = { offset: bytes(64 * 2 ** 20), length: bytes(4096) }
    expect(await refusal(backend.wipe('dax0.0', beyond, () => undefined))).toBe('out_of_range')
  })
})

describe('two calls at once', () => {
  test('on a kernel that is told names: both devices are enabled, neither takes the other down', async () => {
    const { backend, kernel } = await newHost({ kmemIsDefault: true, kmemLoaded: true })
    await backend.create(plan([[0, 64]]))
    await backend.create(plan([[64, 64]]))
    await Promise.all([backend.enable('dax0.0'), backend.enable('dax0.1')])
    expect(kernel.devices()).toEqual(['dax0.0 64M device_dax', 'dax0.1 64M device_dax'])
  })
})
