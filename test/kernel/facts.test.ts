/**
 * What daxd relies on in the kernel, asked of the kernel itself: a kernel that differs is named
 * here before anything above it breaks. No test maps through a descriptor that was opened while
 * its device was disabled (kernel-rig.md section 9, bug A), and none deletes a device that a
 * descriptor spanned a disable and an enable of: either ends the kernel.
 */
import { constants } from 'node:os'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { errnoName } from './errno-names.ts'
import { bits, FLAG_BITS, PROT_BITS } from './mmap-names.ts'
import { connectGuest, type Probe, type ProbeReply, type ProbeRequest } from './rig/guest.ts'
import { HMEM, type SysfsDax, sysfsDax } from './rig/sysfs-dax.ts'
import { ownGuest } from './support/own-guest.ts'

const MIB = 2 ** 20
const ALIGN_2M = 2 * MIB
const { SIGBUS, SIGSEGV } = constants.signals
const BUS_ADRERR = 2
const SEGV_ACCERR = 2

const guest = connectGuest(ownGuest())
const dax: SysfsDax = sysfsDax(guest)
const region = '/sys/devices/platform/hmem.*/dax_region'

interface Device {
  readonly label: string
  readonly chardev: string
  readonly align: number
  readonly size: number
}
let devices: readonly Device[] = []
let spare = ''
let probe: Probe

const place = (at: number, size: number) => {
  const start = HMEM.start + at * MIB
  return { start, end: start + size * MIB - 1 }
}

beforeAll(async () => {
  await guest.stopDaxd()
  await dax.emptyHmem()
  await dax.emptyPmem()
  const made = [
    ['hmem 2M', await dax.create(ALIGN_2M, [place(0, 16)]), ALIGN_2M],
    ['hmem 4K', await dax.create(4096, [place(16, 4)]), 4096],
    ['hmem 2M two ranges', await dax.create(ALIGN_2M, [place(32, 4), place(64, 4)]), ALIGN_2M],
    ['pmem 2M mem', await dax.createPmem({ size: '64M', align: '2M', map: 'mem' }), ALIGN_2M],
    ['pmem 4K dev', await dax.createPmem({ size: '32M', align: '4K', map: 'dev' }), 4096],
  ] as const
  devices = await Promise.all(
    made.map(async ([label, chardev, align]) => ({
      ...{ label, chardev, align },
      size: await dax.size(chardev),
    })),
  )
  spare = await dax.create(ALIGN_2M, [place(96, 4)])
  probe = await guest.openProbe()
})

/**
 * The last tests leave a device that spanned a disable and an enable. Deleting it, repaired or
 * not, is a kernel BUG (list_del corruption in cd_forget), so only a reboot cleans up.
 */
afterAll(async () => {
  await probe.end()
  await guest.reboot('power')
  guest.close()
})

/** How an mmap and the touches after it went, in words that a failure can be read from. */
function outcome(reply: ProbeReply): string {
  if (reply['open'] !== 0 && reply['open'] !== undefined) {
    return `open ${errnoName(Number(reply['open']))}`
  }
  if (reply['mmap'] !== undefined && reply['mmap'] !== 0) return errnoName(Number(reply['mmap']))
  if (reply['faults'] === 0) return 'usable'
  const cause = `${reply['signal']}/${reply['code']}`
  return `fault ${cause} at unit ${reply['first_fault']} of ${reply['units']}`
}

const at = (device: Device, more: ProbeRequest): ProbeRequest => ({
  op: 'map',
  path: `/dev/${device.chardev}`,
  length: device.align,
  unit: device.align,
  touch: 'rw',
  ...more,
})

const flags = (...names: string[]) => ({ flags: bits(FLAG_BITS, names) })
const prot = (...names: string[]) => ({ prot: bits(PROT_BITS, names) })
const bus = (unit: number, of: number) => `fault ${SIGBUS}/${BUS_ADRERR} at unit ${unit} of ${of}`

type Case = readonly [
  name: string,
  request: (device: Device) => ProbeRequest,
  huge: string,
  small?: string,
]

/** Section 3 of kernel-rig.md: the answer of a 2M device, and of a 4K device where it differs. */
const MMAP_TABLE: readonly Case[] = [
  ['MAP_SHARED', () => flags('MAP_SHARED'), 'usable'],
  ['MAP_SHARED_VALIDATE', () => flags('MAP_SHARED_VALIDATE'), 'usable'],
  ['MAP_SYNC', () => flags('MAP_SHARED_VALIDATE', 'MAP_SYNC'), 'usable'],
  ['MAP_POPULATE', () => flags('MAP_SHARED', 'MAP_POPULATE'), 'usable'],
  ['MAP_LOCKED', () => flags('MAP_SHARED', 'MAP_LOCKED'), 'usable'],
  ['MAP_NORESERVE', () => flags('MAP_SHARED', 'MAP_NORESERVE'), 'usable'],
  ['an unknown flag under MAP_SHARED', () => flags('MAP_SHARED', 'MAP_WOBBLE'), 'usable'],
  ['an unknown flag, validated', () => flags('MAP_SHARED_VALIDATE', 'MAP_WOBBLE'), 'EOPNOTSUPP'],
  ['MAP_PRIVATE', () => flags('MAP_PRIVATE'), 'EINVAL'],
  ['MAP_PRIVATE, read-only', () => ({ ...flags('MAP_PRIVATE'), ...prot('PROT_READ') }), 'EINVAL'],
  ['neither shared nor private', () => ({ flags: 0 }), 'EINVAL'],
  ['MAP_HUGETLB', () => flags('MAP_SHARED', 'MAP_HUGETLB'), 'EINVAL'],
  ['offset 4096', () => ({ offset: 4096, unit: 4096 }), 'EINVAL', 'usable'],
  ['offset 512', () => ({ offset: 512 }), 'EINVAL'],
  ['offset half an align', ({ align }) => ({ offset: align / 2 }), 'EINVAL'],
  ['length 4096', () => ({ length: 4096 }), 'EINVAL', 'usable'],
  ['length 100', () => ({ length: 100 }), 'EINVAL', 'usable'],
  ['length align + 1', ({ align }) => ({ length: align + 1 }), 'EINVAL', 'usable'],
  ['length align - 1, rounded to a page', ({ align }) => ({ length: align - 1 }), 'usable'],
  ['length 0', () => ({ length: 0 }), 'EINVAL'],
  ['the whole device', ({ size }) => ({ length: size }), 'usable'],
  ['offset at the end', ({ size }) => ({ offset: size }), bus(0, 1)],
  ['offset 1 TiB', () => ({ offset: 2 ** 40 }), bus(0, 1)],
  [
    'the last unit and one beyond',
    ({ size, align }) => ({ offset: size - align, length: 2 * align }),
    bus(1, 2),
  ],
  [
    'PROT_EXEC',
    () => ({ ...prot('PROT_READ', 'PROT_WRITE', 'PROT_EXEC'), touch: 'wrx' }),
    'usable',
  ],
  [
    'PROT_READ, then a write',
    () => prot('PROT_READ'),
    `fault ${SIGSEGV}/${SEGV_ACCERR} at unit 0 of 1`,
  ],
  ['PROT_NONE', () => prot('PROT_NONE'), `fault ${SIGSEGV}/${SEGV_ACCERR} at unit 0 of 1`],
  ['O_RDONLY and PROT_WRITE', () => ({ open: 'ro' }), 'EACCES'],
  ['O_RDONLY and PROT_READ', () => ({ open: 'ro', ...prot('PROT_READ'), touch: 'r' }), 'usable'],
  ['O_WRONLY', () => ({ open: 'wo' }), 'EACCES'],
  ['open O_DIRECT', () => ({ open: 'direct' }), 'open EINVAL'],
  ['open O_EXCL', () => ({ open: 'excl' }), 'usable'],
  ['a hint one page off the align', () => ({ place: 'misaligned' }), 'EINVAL', 'usable'],
  [
    'MAP_FIXED one page off the align',
    () => ({ place: 'misaligned', ...flags('MAP_SHARED', 'MAP_FIXED') }),
    'EINVAL',
    'usable',
  ],
]

describe('mmap depends on the align alone, not on the provider or the memmap', () => {
  for (const [name, request, huge, small = huge] of MMAP_TABLE) {
    test(`${name}: ${huge}${small === huge ? '' : `, with 4K pages ${small}`}`, async () => {
      const replies = await probe.askAll(devices.map((device) => at(device, request(device))))
      const got = devices.map(({ label }, k) => [label, outcome(replies[k] ?? {})])
      const expected = devices.map(({ label, align }) => [label, align === 4096 ? small : huge])
      expect(got).toEqual(expected)
    })
  }

  test('a misaligned offset under MAP_FIXED is taken and lands at the unit it lies in', async () => {
    const device = devices[0]!
    const held = { op: 'hold', slot: 1, path: `/dev/${device.chardev}`, length: ALIGN_2M }
    const placed = { place: 'aligned', ...flags('MAP_SHARED', 'MAP_FIXED') }
    const [, , plain, , , landed, meant] = await probe.askAll([
      { ...held, slot: 1, length: 2 * ALIGN_2M },
      { op: 'byte', slot: 1, at: 16, store: 0 },
      { op: 'byte', slot: 1, at: MIB + 16, store: 0 },
      { ...held, slot: 2, offset: MIB, ...placed },
      { op: 'byte', slot: 2, at: 16, store: 77 },
      { op: 'byte', slot: 1, at: 16 },
      { op: 'byte', slot: 1, at: MIB + 16 },
      { op: 'release', slot: 2 },
      { op: 'release', slot: 1 },
    ])
    expect([plain, landed, meant]).toEqual([{ byte: 0 }, { byte: 77 }, { byte: 0 }])
  })
})

describe('a device file', () => {
  const hold = () => ({ op: 'hold', slot: 1, path: `/dev/${devices[0]!.chardev}`, length: 4 * MIB })
  const release = { op: 'release', slot: 1 }

  test('has no size of its own and takes no call but mmap', async () => {
    const names = ['read', 'write', 'fsync', 'ftruncate', 'fallocate', 'msync', 'lseek']
    const calls = names.map((call) => ({ op: 'call', slot: 1, call }))
    const [, ...replies] = await probe.askAll([hold(), ...calls, release])
    const errnos = names.map((name, k) => [name, errnoName(Number(replies[k]?.['errno']))])
    expect(Object.fromEntries(errnos)).toEqual({
      ...{ read: 'EINVAL', write: 'EINVAL', fsync: 'EINVAL', ftruncate: 'EINVAL' },
      ...{ fallocate: 'ENODEV', msync: 'EINVAL', lseek: 'OK' },
    })
    const path = `/dev/${devices[0]!.chardev}`
    expect(await probe.ask({ op: 'open', path })).toEqual({
      ...{ open: 0, character: true, st_size: 0 },
    })
  })

  test('is inherited over a fork, but not under MADV_DONTFORK', async () => {
    const child = { op: 'fork', slot: 1, touch: 'rw', unit: ALIGN_2M }
    const [, shared, apart] = await probe.askAll([
      hold(),
      child,
      { ...child, dontfork: 1 },
      release,
    ])
    expect([outcome(shared!), apart!['signal']]).toEqual(['usable', SIGSEGV])
  })

  test('refuses to be split off its align, and the mapping stays whole', async () => {
    const split = { op: 'split', slot: 1, offset: 4096, length: 4096 }
    const touch = { op: 'touch', slot: 1, touch: 'rw', unit: ALIGN_2M }
    const [, unmapped, protectedAt, touched, aligned, hole] = await probe.askAll([
      hold(),
      { ...split, call: 'munmap' },
      { ...split, call: 'mprotect' },
      touch,
      { ...split, call: 'munmap', offset: ALIGN_2M, length: ALIGN_2M },
      touch,
      release,
    ])
    const errnos = [unmapped, protectedAt, aligned].map((reply) =>
      errnoName(Number(reply!['errno'])),
    )
    expect(errnos).toEqual(['EINVAL', 'EINVAL', 'OK'])
    expect([outcome(touched!), hole!['first_fault'], hole!['signal']]).toEqual([
      'usable',
      1,
      SIGSEGV,
    ])
  })
})

describe('the errno of each store to sysfs (section 5)', () => {
  const EINVAL = 'Invalid argument'
  const EBUSY = 'Device or resource busy'
  const ENOSPC = 'No space left on device'
  const ENXIO = 'No such device or address'
  const ENODEV = 'No such device'
  const ENOMEM = 'Cannot allocate memory'
  const driver = '/sys/bus/dax/drivers/device_dax'
  const dev = (name: string) => `/sys/bus/dax/devices/${spare}/${name}`

  async function refusals(stores: readonly (readonly [string, string])[]): Promise<string[]> {
    const said: string[] = []
    for (const [text, path] of stores) said.push(await dax.store(text, path))
    return said
  }

  test('a bound device takes neither size nor align: EBUSY', async () => {
    const stores = [
      ['2097152', dev('size')],
      ['4096', dev('align')],
      [spare, `${driver}/bind`],
      ['dax9.9', `${driver}/unbind`],
    ] as const
    expect(await refusals(stores)).toEqual([EBUSY, EBUSY, EBUSY, ENODEV])
  })

  test('an unbound one names what is wrong with each number', async () => {
    await dax.disable(spare)
    const stores = [
      ['64M', dev('size')],
      ['2097153', dev('size')],
      [String(2 ** 40), dev('size')],
      ['8192', dev('align')],
      ['1073741824', dev('align')],
      ['text', dev('align')],
      ['48000000-481fffff', dev('mapping')],
      ['40000000-401fffff', dev('mapping')],
      ['20000000-201fffff', dev('mapping')],
      ['4a001000-4a200fff', dev('mapping')],
      [spare, `${driver}/unbind`],
    ] as const
    const said = await refusals(stores)
    await dax.store(String(4 * MIB), dev('size'))
    await dax.enable(spare)
    expect(said).toEqual([
      ...[EINVAL, EINVAL, ENOSPC, EINVAL, EINVAL, ENXIO],
      ...['', ENOMEM, ENOMEM, '', ENODEV],
    ])
  })

  test('a device is deleted only unbound, empty and above id 0', async () => {
    const zero = (await guest.sh(`cd ${region}/..; echo dax*.0`)).trim()
    const stores = [
      [spare, `$(echo ${region}/delete)`],
      [zero, `$(echo ${region}/delete)`],
      ['dax9.9', `$(echo ${region}/delete)`],
      ['2', `$(echo ${region}/create)`],
    ] as const
    expect(await refusals(stores)).toEqual([EBUSY, EBUSY, ENXIO, EINVAL])
  })

  test('an empty device does not bind: ENXIO; where kmem is its default, ENODEV', async () => {
    const zero = (await guest.sh(`cd ${region}/..; echo dax*.0`)).trim()
    const isKmemDefault = !inject('kernelRelease').startsWith('6.1.')
    expect(await dax.store(zero, `${driver}/bind`)).toBe(isKmemDefault ? ENODEV : ENXIO)
  })

  test('a region without free memory makes no device: ENOSPC', async () => {
    const zero = (await guest.sh(`cd ${region}/..; echo dax*.0`)).trim()
    const free = (await guest.sh(`cat ${region}/available_size`)).trim()
    await guest.sh(`echo ${free} > /sys/bus/dax/devices/${zero}/size`)
    const said = await dax.store('1', `$(echo ${region}/create)`)
    await guest.sh(`echo 0 > /sys/bus/dax/devices/${zero}/size`)
    expect(said).toBe(ENOSPC)
  })
})

describe('disabling under a holder (section 9)', () => {
  const path = () => `/dev/${spare}`
  const touch = { op: 'touch', slot: 1, touch: 'rw', unit: ALIGN_2M }

  test('a disabled device that nobody holds cannot be opened: ENXIO', async () => {
    await dax.disable(spare)
    const opened = await probe.ask({ op: 'open', path: path() })
    await dax.enable(spare)
    expect([opened, await probe.ask({ op: 'open', path: path() })]).toEqual([
      { open: constants.errno.ENXIO },
      { open: 0, character: true, st_size: 0 },
    ])
  })

  test('goes through; touches are SIGBUS, the old descriptor ENXIO; re-enabling revives both', async () => {
    await probe.ask({ op: 'hold', slot: 1, path: path(), length: ALIGN_2M })
    await dax.disable(spare)
    const dead = await probe.askAll([touch, { op: 'again', slot: 1 }])
    await dax.enable(spare)
    const alive = await probe.askAll([touch, { op: 'again', slot: 1 }])
    expect({
      dead: [outcome(dead[0]!), errnoName(Number(dead[1]!['mmap']))],
      alive: [outcome(alive[0]!), errnoName(Number(alive[1]!['mmap']))],
    }).toEqual({ dead: [bus(0, 1), 'ENXIO'], alive: ['usable', 'OK'] })
  })

  test('bug B: closing a descriptor that spanned it makes every open ENXIO; one more cycle repairs', async () => {
    await probe.ask({ op: 'release', slot: 1 })
    const broken = await probe.ask({ op: 'open', path: path() })
    await dax.disable(spare)
    await dax.enable(spare)
    const repaired = await probe.ask({ op: 'open', path: path() })
    expect([broken['open'], repaired['open']]).toEqual([constants.errno.ENXIO, 0])
  })

  test('closing between disable and enable leaves the device whole', async () => {
    await probe.ask({ op: 'hold', slot: 1, path: path(), length: ALIGN_2M })
    await dax.disable(spare)
    await probe.ask({ op: 'release', slot: 1 })
    await dax.enable(spare)
    expect((await probe.ask({ op: 'open', path: path() }))['open']).toBe(0)
  })
})

test('the kernel has not complained but for bug B: no oops, no WARN but the refcount', async () => {
  const log = await guest.sh('dmesg')
  const bad = log.split('\n').filter((line) => /\b(?:Oops|BUG:|WARNING:)/.test(line))
  expect(bad.filter((line) => !/refcount_warn_saturate/.test(line))).toEqual([])
})
