import { describe, expect, it } from 'vitest'
import { type ExamineOptions, examineHost } from '../../src/doctor/examine-host.ts'
import type { Finding, HostReport } from '../../src/doctor/host-report.ts'
import type { RunCommand } from '../../src/doctor/run-command.ts'
import { configText, type FakeTree, fakeRoot, RELEASE, SOUND_HOST, without } from './fake-host.ts'

const SOUND: FakeTree = { ...SOUND_HOST, [`/boot/config-${RELEASE}`]: configText('y') }

function examine(tree: FakeTree, options: ExamineOptions = {}): Promise<HostReport> {
  return examineHost({ root: fakeRoot(tree), backend: 'kernel', ...options })
}

function troubles(report: HostReport): readonly Pick<Finding, 'id' | 'status' | 'detail'>[] {
  return report.findings
    .filter(({ status }) => status !== 'pass')
    .map(({ id, status, detail }) => ({ id, status, detail }))
}

describe('facts', () => {
  it('reports a sound host whole', async () => {
    const { dax, huge_pages, memory, tools, privileges } = await examine(SOUND)
    expect({ dax, huge_pages, memory, tools }).toEqual({
      dax: {
        model: 'bus',
        regions_seen: 2,
        devices_seen: 3,
        devdax: 1,
        system_ram: 1,
        nd_regions_seen: 1,
        firmware_ranges: { persistent_memory: 1, soft_reserved: 0, cxl_windows: 0 },
      },
      huge_pages: {
        sizes: [
          { size: 2097152, total: 8, free: 3 },
          { size: 1073741824, total: 2, free: 1 },
        ],
        thp: 'madvise',
        pmd_size: 2097152,
      },
      memory: {
        total: 2147483648,
        available: 1073741824,
        block_size: 134217728,
        auto_online: 'offline',
      },
      tools: [
        { name: 'ndctl', version: '76.1', path: '/usr/bin/ndctl' },
        { name: 'daxctl', version: '76.1', path: '/usr/bin/daxctl' },
        { name: 'daxio', version: '1.12', path: '/usr/bin/daxio' },
        { name: 'modprobe', version: '30', path: '/sbin/modprobe' },
      ],
    })
    expect(privileges).toMatchObject({ uid: 0, dev_dax_access: { nodes: 0, openable: 0 } })
    expect(privileges.capabilities).toHaveLength(41)
  })

  it('answers null, not zero, for what the host does not show', async () => {
    const { memory, privileges, kernel } = await examine({})
    expect(memory).toEqual({ total: null, available: null, block_size: null, auto_online: null })
    expect(privileges).toEqual({
      uid: null,
      capabilities: [],
      dev_dax_access: { nodes: 0, openable: 0 },
    })
    expect(kernel).toEqual({ release: null, config_source: null, boot_id: null })
  })

  it('does not take a damaged number for a number', async () => {
    const { memory } = await examine({
      ...SOUND,
      '/sys/devices/system/memory/block_size_bytes': 'ffffffffffffffff\n',
      '/proc/meminfo': 'MemTotal: many kB\n',
    })
    expect(memory).toMatchObject({ total: null, available: null, block_size: null })
  })
})

describe('tools', () => {
  const bare = without(SOUND, '/usr/bin', '/sbin', '/proc/iomem', '/sys/bus/nd/devices')

  it('warns of missing tools on a host without persistent memory', async () => {
    const report = await examine({ ...bare, '/sys/bus/nd': null })
    expect(report.tools.map(({ version, path }) => [version, path])).toEqual(
      Array.from({ length: 4 }, () => [null, null]),
    )
    expect(troubles(report)).toEqual([
      { id: 'ndctl', status: 'warn', detail: 'not found' },
      { id: 'daxctl', status: 'warn', detail: 'not found' },
      { id: 'daxio', status: 'warn', detail: 'not found' },
    ])
  })

  it('fails on a missing ndctl where there is persistent memory', async () => {
    const report = await examine(without(SOUND, '/usr/bin/ndctl'))
    expect(troubles(report)).toEqual([{ id: 'ndctl', status: 'fail', detail: 'not found' }])
    expect(report.verdict).toBe('fail')
  })

  it.each<[string, RunCommand]>([
    ['fails', async () => ({ ok: false, stdout: '76.1\n' })],
    ['prints no number', async () => ({ ok: true, stdout: 'segmentation fault\n' })],
  ])('tells a tool that %s from one that is not there', async (_, run) => {
    const report = await examine(SOUND, { run })
    expect(report.tools[0]).toEqual({ name: 'ndctl', version: null, path: '/usr/bin/ndctl' })
    expect(troubles(report)[0]).toMatchObject({
      id: 'ndctl',
      detail: '/usr/bin/ndctl does not tell its version',
    })
  })
})

describe('access', () => {
  const status = (uid: number, mask: string): FakeTree => ({
    '/proc/self/status': `Uid:\t${uid}\t${uid}\t${uid}\t${uid}\nCapEff:\t${mask}\n`,
  })

  it('fails for a user without privileges', async () => {
    const report = await examine({ ...SOUND, ...status(1000, '0000000000000000') })
    expect(troubles(report)).toEqual([
      { id: 'privileges', status: 'fail', detail: 'uid 1000, not root' },
    ])
    expect(report.privileges).toMatchObject({ uid: 1000, capabilities: [] })
  })

  it('fails for the root of a user namespace, whom sysfs does not know', async () => {
    const report = await examine({ ...SOUND, '/proc/self/uid_map': '0 100000 65536\n' })
    expect(troubles(report)).toEqual([
      { id: 'privileges', status: 'fail', detail: 'uid 0 of a user namespace' },
    ])
  })

  it('warns for root without CAP_SYS_ADMIN, as a plain container has it', async () => {
    const report = await examine({ ...SOUND, ...status(0, '00000000a80425fb') })
    expect(troubles(report)).toEqual([
      { id: 'privileges', status: 'warn', detail: 'uid 0 without CAP_SYS_ADMIN' },
    ])
  })

  it('fails on a read-only sysfs, the last mount of several', async () => {
    const mounts = 'sysfs /sys sysfs rw 0 0\nsysfs /sys sysfs ro,nosuid 0 0\n'
    const report = await examine({ ...SOUND, '/proc/self/mounts': mounts })
    expect(troubles(report)).toEqual([{ id: 'sysfs', status: 'fail', detail: '/sys is read-only' }])
  })

  it('warns when hidepid hides processes from one without CAP_SYS_PTRACE', async () => {
    const mounts = 'proc /proc proc rw,hidepid=invisible 0 0\nsysfs /sys sysfs rw 0 0\n'
    const tree = { ...SOUND, '/proc/self/mounts': mounts }
    expect(troubles(await examine(tree))).toEqual([])
    const blind = await examine({ ...tree, ...status(0, '0000000000200000') })
    expect(troubles(blind)).toEqual([
      { id: 'process_visibility', status: 'warn', detail: '/proc is mounted with hidepid' },
    ])
  })

  it('warns in a pid namespace of its own', async () => {
    const report = await examine({ ...SOUND, '/proc/self/ns/pid': { link: 'pid:[4026532999]' } })
    expect(troubles(report)).toEqual([
      { id: 'process_visibility', status: 'warn', detail: 'only this pid namespace is seen' },
    ])
  })
})

describe('memory for dax', () => {
  const noDax = without(SOUND, '/sys/bus/dax/devices', '/sys/bus/nd/devices', '/proc/iomem')
  const bare = { ...noDax, '/sys/bus/dax/devices': null, '/sys/bus/nd/devices': null }

  it.each<[string, FakeTree, string]>([
    ['nothing at all', {}, 'no region on this host'],
    [
      'soft-reserved memory that no driver took',
      { '/proc/iomem': '0-0 : Soft Reserved\n' },
      'no region, though firmware announces 1 soft-reserved ranges and 0 CXL windows',
    ],
    [
      'persistent memory that no driver took',
      { '/proc/iomem': '0-0 : Persistent Memory (legacy)\n' },
      'persistent memory, but no nvdimm region',
    ],
  ])('warns of %s', async (_, tree, detail) => {
    const report = await examine({ ...bare, ...tree })
    expect(troubles(report)).toEqual([{ id: 'dax_memory', status: 'warn', detail }])
  })

  it('fails on the class model, whose devices cannot be divided', async () => {
    const tree = without(SOUND, '/sys/bus/dax')
    const report = await examine({ ...tree, '/sys/class/dax/dax0.0': null })
    expect(report.dax).toMatchObject({ model: 'class', regions_seen: 1, devices_seen: 1 })
    expect(troubles(report)).toContainEqual({
      id: 'dax_memory',
      status: 'fail',
      detail: 'devices follow the old /sys/class/dax model',
    })
  })

  it('warns of an online policy that pins memory, not of one that keeps it movable', async () => {
    const policy = (text: string): FakeTree => ({
      ...SOUND,
      '/sys/devices/system/memory/auto_online_blocks': `${text}\n`,
    })
    expect(troubles(await examine(policy('online_movable')))).toEqual([])
    expect(troubles(await examine(policy('online')))).toEqual([
      { id: 'auto_online', status: 'warn', detail: 'online' },
    ])
  })
})

describe('the verdict', () => {
  const broken = { ...SOUND, [`/boot/config-${RELEASE}`]: configText('y', { FS_DAX: 'n' }) }

  it('leaves out of the emulated one what only the kernel backend needs', async () => {
    const report = await examine(broken, { backend: 'emulated' })
    expect(report).toMatchObject({ verdict: 'pass', backend: 'emulated' })
    expect(report.findings.filter(({ counts }) => counts).map(({ id }) => id)).toEqual([
      'process_visibility',
    ])
    expect(report.findings.find(({ id }) => id === 'fs_dax')).toMatchObject({
      status: 'warn',
      counts: false,
    })
  })

  it('judges a host as the kernel backend would when none is named', async () => {
    const report = await examineHost({ root: fakeRoot(broken) })
    expect(report).toMatchObject({ verdict: 'fail', backend: null })
  })
})
