import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { onTestFinished } from 'vitest'
import { KERNEL_FEATURES } from '../../src/doctor/kernel-features.ts'

export const RELEASE = '6.12.1-fake'

/** A file's content, a directory (null), or a symbolic link. */
type FakeEntry = string | Buffer | null | { readonly link: string }
export type FakeTree = Readonly<Record<string, FakeEntry>>

/** Everything but the kernel's options: a sound host, seen by root. */
export const SOUND_HOST: FakeTree = {
  '/proc/sys/kernel/osrelease': `${RELEASE}\n`,
  '/proc/sys/kernel/random/boot_id': '11111111-2222-3333-4444-555555555555\n',
  '/proc/meminfo': 'MemTotal:        2097152 kB\nMemAvailable:    1048576 kB\n',
  '/proc/iomem': '00000000-00000000 : Persistent Memory\n  00000000-00000000 : namespace0.0\n',
  '/proc/self/status': 'Name:\tnode\nUid:\t0\t0\t0\t0\nCapEff:\t000001ffffffffff\n',
  '/proc/self/uid_map': '         0          0 4294967295\n',
  '/proc/self/mounts': 'proc /proc proc rw 0 0\nsysfs /sys sysfs rw,nosuid 0 0\n',
  '/proc/self/ns/pid': { link: 'pid:[4026531836]' },
  '/proc/1/exe': { link: '/sbin/init' },
  '/sys/kernel/mm/transparent_hugepage/enabled': 'always [madvise] never\n',
  '/sys/kernel/mm/transparent_hugepage/hpage_pmd_size': '2097152\n',
  '/sys/kernel/mm/hugepages/hugepages-1048576kB/nr_hugepages': '2\n',
  '/sys/kernel/mm/hugepages/hugepages-1048576kB/free_hugepages': '1\n',
  '/sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages': '8\n',
  '/sys/kernel/mm/hugepages/hugepages-2048kB/free_hugepages': '3\n',
  '/sys/devices/system/memory/block_size_bytes': '8000000\n',
  '/sys/devices/system/memory/auto_online_blocks': 'offline\n',
  '/sys/module/memory_hotplug/parameters/memmap_on_memory': 'N\n',
  '/sys/bus/cxl': null,
  '/sys/bus/nd/devices/region0': null,
  '/sys/bus/dax/drivers/device_dax': null,
  '/sys/bus/dax/drivers/kmem': null,
  '/sys/bus/dax/devices/dax0.0/driver': { link: '../../../../bus/dax/drivers/device_dax' },
  '/sys/bus/dax/devices/dax0.1/driver': { link: '../../../../bus/dax/drivers/kmem' },
  '/sys/bus/dax/devices/dax1.0/size': '0\n',
  '/usr/bin/ndctl': '#!/bin/sh\necho 76.1\n',
  '/usr/bin/daxctl': '#!/bin/sh\necho 76.1\n',
  '/usr/bin/daxio': '#!/bin/sh\necho daxio version 1.12\n',
  '/sbin/modprobe': '#!/bin/sh\nprintf "kmod version 30\\n+ZSTD\\n"\n',
}

/** The modules of the features, with the path that a distribution gives each. */
export const MODULE_PATHS: Readonly<Record<string, string>> = {
  dax: 'kernel/drivers/dax/dax.ko',
  device_dax: 'kernel/drivers/dax/device_dax.ko.xz',
  dax_pmem: 'kernel/drivers/dax/pmem/dax_pmem.ko.zst',
  kmem: 'kernel/drivers/dax/kmem.ko',
  dax_hmem: 'kernel/drivers/dax/hmem/dax_hmem.ko',
  dax_cxl: 'kernel/drivers/dax/dax-cxl.ko',
  cxl_core: 'kernel/drivers/cxl/core/cxl_core.ko',
  libnvdimm: 'kernel/drivers/nvdimm/libnvdimm.ko',
}

/** The text of a configuration with every feature in it, those of `values` otherwise. */
export function configText(
  mode: 'y' | 'm',
  values: Readonly<Record<string, 'y' | 'm' | 'n'>> = {},
): string {
  const lines = KERNEL_FEATURES.map(({ option, module }) => {
    const value = values[option] ?? (module === undefined ? 'y' : mode)
    return value === 'n' ? `# CONFIG_${option} is not set` : `CONFIG_${option}=${value}`
  })
  return `#\n# Linux/x86 Kernel Configuration\n#\nCONFIG_CC_VERSION="gcc"\n${lines.join('\n')}\n`
}

/** depmod's list of these modules, and their files. */
export function modulesOnDisk(names: readonly string[]): FakeTree {
  const base = `/lib/modules/${RELEASE}`
  const paths = names.map((name) => MODULE_PATHS[name] ?? `kernel/${name}.ko`)
  return {
    [`${base}/modules.dep`]: `${paths.map((path) => `${path}: kernel/other.ko`).join('\n')}\n`,
    [`${base}/modules.builtin`]: 'kernel/fs/ext4/ext4.ko\n',
    ...Object.fromEntries(paths.map((path) => [`${base}/${path}`, 'ELF'])),
  }
}

/** A tree without the paths that begin so. */
export function without(tree: FakeTree, ...prefixes: string[]): FakeTree {
  const kept = Object.entries(tree).filter(([path]) => !prefixes.some((p) => path.startsWith(p)))
  return Object.fromEntries(kept)
}

/** Builds the tree in a temporary directory, which goes when the test ends. */
export function fakeRoot(...trees: readonly FakeTree[]): string {
  const root = mkdtempSync(join(tmpdir(), 'daxd-doctor-test-'))
  onTestFinished(() => rmSync(root, { recursive: true, force: true }))
  buildTree(root, ...trees)
  return root
}

/** Builds the tree in a directory; of two entries for one path the later counts. */
export function buildTree(root: string, ...trees: readonly FakeTree[]): void {
  for (const [path, entry] of Object.entries(Object.assign({}, ...trees) as FakeTree)) {
    const target = join(root, path)
    if (entry === null) {
      mkdirSync(target, { recursive: true })
      continue
    }
    mkdirSync(dirname(target), { recursive: true })
    if (typeof entry === 'string' || Buffer.isBuffer(entry)) {
      writeFileSync(target, entry, { mode: 0o755 })
    } else symlinkSync(entry.link, target)
  }
}
