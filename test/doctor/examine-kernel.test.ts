import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { examineHost } from '../../src/doctor/examine-host.ts'
import type { Finding, HostReport } from '../../src/doctor/host-report.ts'
import { CONFIG_BYTES_MAX } from '../../src/doctor/kernel-config.ts'
import { KERNEL_FEATURES } from '../../src/doctor/kernel-features.ts'
import {
  configText,
  type FakeTree,
  fakeRoot,
  MODULE_PATHS,
  modulesOnDisk,
  RELEASE,
  SOUND_HOST,
  without,
} from './fake-host.ts'

const BOOT_CONFIG = `/boot/config-${RELEASE}`

function examine(...trees: FakeTree[]): Promise<HostReport> {
  return examineHost({ root: fakeRoot(SOUND_HOST, ...trees), backend: 'kernel' })
}

function find(report: HostReport, id: string): Finding {
  const finding = report.findings.find((candidate) => candidate.id === id)
  if (finding === undefined) throw new Error(`no finding ${id}`)
  return finding
}

function levels(report: HostReport): Record<string, string | undefined> {
  const leveled = report.findings.filter(({ level }) => level !== undefined)
  return Object.fromEntries(leveled.map(({ id, level }) => [id, level]))
}

function outcomes(report: HostReport): Record<string, string> {
  const rest = report.findings.filter(({ status }) => status !== 'pass')
  return Object.fromEntries(rest.map(({ id, status }) => [id, status]))
}

const ALL_MODULES = Object.keys(MODULE_PATHS)
const EACH = (level: string, moduleLevel = level): Record<string, string> =>
  Object.fromEntries(
    KERNEL_FEATURES.map(({ option, module }) => [
      option.toLowerCase(),
      module === undefined ? level : moduleLevel,
    ]),
  )

describe('options from a configuration', () => {
  it('passes a kernel with everything built in, read from /proc/config.gz', async () => {
    const report = await examine({ '/proc/config.gz': gzipSync(configText('y')) })
    expect(levels(report)).toEqual(EACH('built_in'))
    expect(report.kernel).toEqual({
      release: RELEASE,
      config_source: '/proc/config.gz',
      boot_id: '11111111-2222-3333-4444-555555555555',
    })
    expect(outcomes(report)).toEqual({})
    expect(report.verdict).toBe('pass')
  })

  it('passes loaded modules that only /proc/modules or only initstate shows', async () => {
    const [inSysfs, ...inProc] = ALL_MODULES
    const report = await examine({
      [BOOT_CONFIG]: configText('m'),
      '/proc/modules': inProc.map((name) => `${name} 49152 0 - Live 0x0\n`).join(''),
      [`/sys/module/${inSysfs}/initstate`]: 'live\n',
    })
    expect(report.kernel.config_source).toBe(BOOT_CONFIG)
    expect(levels(report)).toEqual(EACH('built_in', 'module_loaded'))
    expect(report.verdict).toBe('pass')
  })

  it('tells an option not set from a module, compressed or not, that is not loaded', async () => {
    const report = await examine(modulesOnDisk(ALL_MODULES), {
      [BOOT_CONFIG]: configText('m', { DEV_DAX_KMEM: 'n', DEV_DAX_CXL: 'n' }),
    })
    expect(levels(report)).toEqual({
      ...EACH('built_in', 'module_available'),
      dev_dax_kmem: 'not_set',
      dev_dax_cxl: 'not_set',
    })
    expect(find(report, 'dev_dax')).toEqual({
      id: 'dev_dax',
      group: 'kernel',
      title: 'Device DAX driver',
      counts: true,
      level: 'module_available',
      status: 'warn',
      detail: 'DEV_DAX as a module, not loaded (device_dax)',
      cost: 'No dax device can be enabled: no /dev/daxX.Y appears.',
      mend: 'modprobe device_dax (at every boot: a line in /etc/modules-load.d/daxd.conf).',
    })
    expect(find(report, 'dev_dax_kmem')).toMatchObject({
      status: 'warn',
      detail: 'DEV_DAX_KMEM not set',
      mend: 'Boot a kernel built with CONFIG_DEV_DAX_KMEM.',
    })
    expect(report.verdict).toBe('warn')
  })

  it('does not offer modprobe where kernel.modules_disabled forbids it', async () => {
    const report = await examine(modulesOnDisk(ALL_MODULES), {
      [BOOT_CONFIG]: configText('m'),
      '/proc/sys/kernel/modules_disabled': '1\n',
    })
    expect(find(report, 'dev_dax').mend).toBe(
      'Put device_dax into /etc/modules-load.d and reboot: kernel.modules_disabled is 1.',
    )
  })

  it('finds a module missing when depmod lists no file of it or one that is gone', async () => {
    const disk = modulesOnDisk(ALL_MODULES.filter((name) => name !== 'kmem'))
    const report = await examine(
      without(disk, `/lib/modules/${RELEASE}/kernel/drivers/dax/dax.ko`),
      {
        [BOOT_CONFIG]: configText('m'),
      },
    )
    expect(find(report, 'dev_dax_kmem')).toMatchObject({
      level: 'module_missing',
      status: 'warn',
      mend:
        `Install the package with kmem for ${RELEASE} (Ubuntu: linux-modules-extra), ` +
        'then run depmod -a.',
    })
    expect(find(report, 'dax')).toMatchObject({
      level: 'module_missing',
      status: 'fail',
      mend: 'depmod lists dax but the file is gone: reinstall the kernel package.',
    })
    expect(report.verdict).toBe('fail')
  })

  it('finds modules missing in a container that has no /lib/modules', async () => {
    const report = await examine({ [BOOT_CONFIG]: configText('m') })
    expect(find(report, 'dev_dax')).toMatchObject({
      level: 'module_missing',
      status: 'fail',
      mend: `Install the modules of ${RELEASE}; in a container, mount the host's /lib/modules.`,
    })
  })

  it('cannot tell whether a module is there when modules.dep is unreadable', async () => {
    const report = await examine({
      [BOOT_CONFIG]: configText('m'),
      [`/lib/modules/${RELEASE}/modules.dep`]: null,
    })
    expect(find(report, 'dev_dax')).toMatchObject({ level: 'unknown', status: 'unknown' })
  })

  it('fails on FS_DAX off, because every mmap would be EINVAL', async () => {
    const report = await examine({ [BOOT_CONFIG]: configText('y', { FS_DAX: 'n' }) })
    expect(outcomes(report)).toEqual({ fs_dax: 'fail' })
    expect(find(report, 'fs_dax').cost).toContain('EINVAL')
    expect(report.verdict).toBe('fail')
  })

  it('fails on NVDIMM_DAX off only where the host has persistent memory', async () => {
    const config = { [BOOT_CONFIG]: configText('y', { NVDIMM_DAX: 'n' }) }
    expect(outcomes(await examine(config))).toEqual({ nvdimm_dax: 'fail' })
    const bare = without(SOUND_HOST, '/sys/bus/nd/devices', '/proc/iomem')
    const root = fakeRoot(bare, { '/sys/bus/nd': null }, config)
    expect(outcomes(await examineHost({ root, backend: 'kernel' }))).toEqual({ nvdimm_dax: 'warn' })
  })

  it('warns with what is lost when kmem, hmem and CXL are off', async () => {
    const report = await examine({
      [BOOT_CONFIG]: configText('y', { DEV_DAX_KMEM: 'n', DEV_DAX_HMEM: 'n', DEV_DAX_CXL: 'n' }),
    })
    expect(outcomes(report)).toEqual({
      dev_dax_kmem: 'warn',
      dev_dax_hmem: 'warn',
      dev_dax_cxl: 'warn',
    })
    expect(report.verdict).toBe('warn')
  })
})

describe('transparent huge pages', () => {
  it('names them as the reason why DEV_DAX is not set', async () => {
    const root = fakeRoot(without(SOUND_HOST, '/sys/kernel/mm/transparent_hugepage'), {
      [BOOT_CONFIG]: configText('y', { TRANSPARENT_HUGEPAGE: 'n', DEV_DAX: 'n' }),
    })
    const report = await examineHost({ root, backend: 'kernel' })
    expect(outcomes(report)).toEqual({ transparent_hugepage: 'fail', dev_dax: 'fail' })
    expect(find(report, 'dev_dax')).toMatchObject({
      detail: 'DEV_DAX not set: TRANSPARENT_HUGEPAGE off',
      mend: 'Boot a kernel built with CONFIG_TRANSPARENT_HUGEPAGE, CONFIG_DEV_DAX.',
    })
    expect(report.huge_pages).toMatchObject({ thp: 'absent', pmd_size: null })
  })

  it('fails when the configuration has them but sysfs does not', async () => {
    const root = fakeRoot(without(SOUND_HOST, '/sys/kernel/mm/transparent_hugepage'), {
      [BOOT_CONFIG]: configText('y'),
    })
    const report = await examineHost({ root, backend: 'kernel' })
    expect(find(report, 'transparent_hugepage')).toMatchObject({
      level: 'built_in',
      status: 'fail',
      detail: 'TRANSPARENT_HUGEPAGE built in, yet there is no /sys/kernel/mm/transparent_hugepage',
    })
  })
})

describe('no configuration to be had', () => {
  it('infers from sysfs and modules what it can and calls the rest unknown', async () => {
    const report = await examine(modulesOnDisk(['dax_pmem', 'dax_hmem']), {
      '/proc/modules': 'device_dax 24576 0 - Live 0x0\n',
      [`/lib/modules/${RELEASE}/modules.builtin`]: 'kernel/drivers/dax/dax-cxl.ko\n',
    })
    expect(report.kernel.config_source).toBeNull()
    expect(find(report, 'kernel_config').status).toBe('unknown')
    expect(levels(report)).toEqual({
      transparent_hugepage: 'built_in',
      fs_dax: 'unknown',
      dax: 'built_in',
      dev_dax: 'module_loaded',
      zone_device: 'built_in',
      libnvdimm: 'built_in',
      nvdimm_dax: 'built_in',
      dev_dax_pmem: 'module_available',
      memory_hotplug: 'built_in',
      dev_dax_kmem: 'built_in',
      mhp_memmap_on_memory: 'built_in',
      efi_soft_reserve: 'built_in',
      dev_dax_hmem: 'module_available',
      cxl_bus: 'built_in',
      dev_dax_cxl: 'built_in',
      have_arch_transparent_hugepage_pud: 'unknown',
    })
    expect(report.verdict).toBe('warn')
  })

  it('takes sysfs without huge pages as proof that they are not built', async () => {
    const root = fakeRoot(without(SOUND_HOST, '/sys/kernel/mm/transparent_hugepage'))
    const report = await examineHost({ root, backend: 'kernel' })
    expect(find(report, 'transparent_hugepage')).toMatchObject({ level: 'not_set', status: 'fail' })
  })

  it('knows nothing of an empty root, says so and does not reject', async () => {
    const report = await examineHost({ root: fakeRoot(), backend: 'kernel' })
    expect(levels(report)).toEqual(EACH('unknown'))
    expect(report.verdict).toBe('fail')
    expect(report.findings.every(({ cost, mend }) => Boolean(cost) && Boolean(mend))).toBe(true)
  })
})

describe('hostile configuration files', () => {
  const good = { [BOOT_CONFIG]: configText('y') }

  it.each([
    ['garbage', Buffer.from('not gzip at all'), 'it cannot be unpacked (Z_DATA_ERROR)'],
    [
      'a truncated archive',
      gzipSync(configText('y')).subarray(0, 200),
      'it cannot be unpacked (Z_BUF_ERROR)',
    ],
    [
      'an archive that unfolds without end',
      gzipSync(Buffer.alloc(CONFIG_BYTES_MAX + 1, 'CONFIG_DAX=y\n')),
      'it cannot be unpacked (ERR_BUFFER_TOO_LARGE)',
    ],
    ['a directory', null, 'not a file'],
    ['a link to itself', { link: 'config.gz' }, 'ELOOP'],
  ])('goes on to /boot when /proc/config.gz is %s', async (_, entry, reason) => {
    const report = await examine({ '/proc/config.gz': entry }, good)
    expect(report.kernel.config_source).toBe(BOOT_CONFIG)
    expect(find(report, 'kernel_config').detail).toBe(
      `${BOOT_CONFIG}. /proc/config.gz is unreadable: ${reason}.`,
    )
    expect(levels(report)).toEqual(EACH('built_in'))
  })

  it('refuses a file beyond the limit whole, so that no option is lost unseen', async () => {
    const report = await examine({
      [BOOT_CONFIG]: configText('y') + '#'.repeat(CONFIG_BYTES_MAX),
      [`/lib/modules/${RELEASE}/config`]: configText('y', { FS_DAX: 'n' }),
    })
    expect(report.kernel.config_source).toBe(`/lib/modules/${RELEASE}/config`)
    expect(find(report, 'fs_dax').level).toBe('not_set')
  })

  it('does not hang on a FIFO in the place of a configuration', async () => {
    const root = fakeRoot(SOUND_HOST, { '/boot': null })
    execFileSync('mkfifo', [join(root, BOOT_CONFIG)])
    const report = await examineHost({ root, backend: 'kernel' })
    expect(find(report, 'kernel_config').detail).toContain(
      `${BOOT_CONFIG} is unreadable: not a file.`,
    )
  })

  it('does not follow a release that is a path', async () => {
    const report = await examine({
      '/proc/sys/kernel/osrelease': '../../etc\n',
      '/etc/config': configText('y'),
    })
    expect(report.kernel).toMatchObject({ release: null, config_source: null })
  })
})
