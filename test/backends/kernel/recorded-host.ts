import { mkdir, symlink, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'

/** A file of a recorded tree by its path under the root; null makes a directory, `->` a link. */
export type Tree = Readonly<Record<string, string>>

/** Lays a tree out under `root`. A text that begins with `-> ` is a link within the root. */
export async function layOut(root: string, tree: Tree): Promise<void> {
  for (const [path, text] of Object.entries(tree)) {
    await mkdir(join(root, dirname(path)), { recursive: true })
    if (text.startsWith('-> ')) await symlink(join(root, text.slice(3)), join(root, path))
    else await writeFile(join(root, path), `${text}\n`)
  }
}

interface RecordedDevice {
  readonly path: string
  readonly size: number
  readonly align: number
  readonly dev: string
  readonly driver: string | null
  readonly resource: string
  /** page_offset, start, end. */
  readonly mappings: readonly (readonly [string, string, string])[]
}

const DRIVERS = 'sys/bus/dax/drivers'

function daxDevice(device: RecordedDevice): Tree {
  const path = `sys/devices/${device.path}`
  const mappings = device.mappings.flatMap(([page_offset, start, end], index) =>
    Object.entries({ page_offset, start, end }).map(
      ([name, value]) => [`${path}/mapping${index}/${name}`, value] as const,
    ),
  )
  return {
    [`${path}/size`]: String(device.size),
    [`${path}/align`]: String(device.align),
    [`${path}/resource`]: device.resource,
    [`${path}/target_node`]: '0',
    [`${path}/numa_node`]: '0',
    [`${path}/dev`]: device.dev,
    ...Object.fromEntries(mappings),
    ...(device.driver === null ? {} : { [`${path}/driver`]: `-> ${DRIVERS}/${device.driver}` }),
    [`sys/bus/dax/devices/${basename(path)}`]: `-> ${path}`,
  }
}

const ND = 'LNXSYSTM:00/LNXSYBUS:00/ACPI0012:00/ndbus0'

function namespace(dev: string, facts: { size: number; resource: string; uuid: string }): Tree {
  const region = dev.slice('namespace'.length, dev.indexOf('.'))
  const path = `sys/devices/${ND}/region${region}/${dev}`
  return {
    [`${path}/size`]: String(facts.size),
    [`${path}/resource`]: facts.resource,
    [`${path}/uuid`]: facts.uuid,
    [`sys/bus/nd/devices/${dev}`]: `-> ${path}`,
  }
}

/** The libnvdimm part that both recorded guests have, as region R. */
function nvdimm(region: number): Tree {
  const path = `sys/devices/${ND}/region${region}`
  return {
    [`${path}/size`]: '1071644672',
    [`${path}/resource`]: '0x100000000',
    [`${path}/align`]: '0x1000000',
    [`${path}/nstype`]: '5',
    [`${path}/numa_node`]: '0',
    [`${path}/target_node`]: '0',
    [`${path}/dax_seed`]: `dax${region}.2`,
    [`${path}/dax${region}.2/supported_alignments`]: '4096 2097152 1073741824',
    [`sys/bus/nd/devices/dax${region}.2`]: `-> ${path}/dax${region}.2`,
    [`${path}/driver`]: '-> sys/bus/nd/drivers/nd_region',
    'sys/bus/nd/drivers/nd_region/bind': '',
    [`sys/bus/nd/devices/region${region}`]: `-> ${path}`,
    [`${path}/dax${region}.0/namespace`]: `namespace${region}.0`,
    [`${path}/dax${region}.0/mode`]: 'ram',
    [`${path}/dax${region}.1/namespace`]: `namespace${region}.1`,
    [`${path}/dax${region}.1/mode`]: 'pmem',
    ...namespace(`namespace${region}.0`, {
      ...{ size: 268435456, resource: '0x100000000' },
      uuid: '9ed692fb-1f48-4509-8887-4c6a936cf442',
    }),
    ...namespace(`namespace${region}.1`, {
      ...{ size: 134217728, resource: '0x110000000' },
      uuid: '1c2bb7de-7839-4315-8210-31a82420ec0a',
    }),
    ...namespace(`namespace${region}.2`, {
      ...{ size: 67108864, resource: '0x118000000' },
      uuid: 'e13e2ddb-46d6-4872-9acd-9a8fd2c2c800',
    }),
    ...namespace(`namespace${region}.3`, {
      ...{ size: 67108864, resource: '0x11c000000' },
      uuid: '64efe081-d966-464a-9092-d4f646492475',
    }),
    ...namespace(`namespace${region}.4`, { size: 0, resource: '', uuid: '' }),
    ...daxDevice({
      path: `${ND}/region${region}/dax${region}.0/dax${region}.0`,
      ...{ size: 266338304, align: 2097152, dev: '253:0', driver: 'device_dax' },
      ...{ resource: '0x100200000', mappings: [['0x0', '0x100200000', '0x10fffffff']] },
    }),
    ...daxDevice({
      path: `${ND}/region${region}/dax${region}.1/dax${region}.1`,
      ...{ size: 130023424, align: 4096, dev: '253:2', driver: 'device_dax' },
      ...{ resource: '0x110400000', mappings: [['0x0', '0x110400000', '0x117ffffff']] },
    }),
  }
}

const COMMON: Tree = {
  'sys/bus/dax/drivers/device_dax/bind': '',
  'sys/bus/dax/drivers/kmem/bind': '',
  'sys/kernel/mm/transparent_hugepage/enabled': 'always',
  'proc/cpuinfo': 'flags\t\t: fpu pdpe1gb',
  'proc/sys/kernel/random/boot_id': 'boot-1',
}

/** What kernel-samples/k6.1 recorded: daxR.3 disabled with two ranges, dax0.0 empty. */
export const RECORDED_6_1: Tree = {
  ...COMMON,
  ...nvdimm(1),
  'proc/iomem': '40000000-5fffffff : hmem.0\n  40000000-5fffffff : Soft Reserved',
  'sys/devices/platform/hmem.0/dax_region/size': '536870912',
  'sys/devices/platform/hmem.0/dax_region/align': '2097152',
  ...daxDevice({
    path: 'platform/hmem.0/dax0.0',
    ...{ size: 0, align: 2097152, dev: '253:1', driver: null },
    ...{ resource: '0x40000000', mappings: [] },
  }),
  ...daxDevice({
    path: 'platform/hmem.0/dax0.3',
    ...{ size: 100663296, align: 2097152, dev: '253:6', driver: null, resource: '0x46000000' },
    mappings: [
      ['0x2000', '0x4a000000', '0x4dffffff'],
      ['0x0', '0x46000000', '0x47ffffff'],
    ],
  }),
}

/** What kernel-samples/k6.12 recorded: the dynamic region is system memory as a whole. */
export const RECORDED_6_12: Tree = {
  ...COMMON,
  ...nvdimm(0),
  'proc/iomem': '40000000-5fffffff : Soft Reserved\n  40000000-5fffffff : dax1.0',
  'sys/devices/platform/hmem.1/dax_region/size': '536870912',
  'sys/devices/platform/hmem.1/dax_region/align': '2097152',
  ...daxDevice({
    path: 'platform/hmem.1/dax1.0',
    ...{ size: 536870912, align: 2097152, dev: '253:1', driver: 'kmem' },
    ...{ resource: '0x40000000', mappings: [['0x0', '0x40000000', '0x5fffffff']] },
  }),
}
