/**
 * How much a missing feature matters: `required` ends the kernel backend, `pmem` does so only
 * where the host has persistent memory, `optional` loses one feature.
 */
type FeatureWeight = 'required' | 'pmem' | 'optional'

/** One kernel option that device-dax builds on. */
export interface KernelFeature {
  /** The option without CONFIG_. */
  readonly option: string
  readonly title: string
  readonly weight: FeatureWeight
  /** The module's name, absent for options that are on or off. */
  readonly module?: string
  /** Options that must be on for this one to be offered. */
  readonly needs: readonly string[]
  /** Paths that exist exactly while the option is at work. */
  readonly traces?: readonly string[]
  /** Modules that exist only when the option is on; they speak where no configuration does. */
  readonly impliedBy?: readonly string[]
  readonly cost: string
  /** What to know before loading the module. */
  readonly caution?: string
}

export const THP_DIRECTORY = '/sys/kernel/mm/transparent_hugepage'

/** Source: drivers/dax/Kconfig, drivers/nvdimm/Kconfig, mm/Kconfig, fs/Kconfig (design notes 9). */
export const KERNEL_FEATURES: readonly KernelFeature[] = [
  {
    option: 'TRANSPARENT_HUGEPAGE',
    title: 'Transparent huge pages',
    weight: 'required',
    needs: [],
    traces: [THP_DIRECTORY],
    impliedBy: ['device_dax'],
    cost: 'Device-dax cannot be built at all: DEV_DAX depends on it.',
  },
  {
    option: 'FS_DAX',
    title: 'DAX inodes',
    weight: 'required',
    needs: ['ZONE_DEVICE'],
    impliedBy: ['fsdev_dax'],
    cost: 'Every mmap of a dax device fails with EINVAL: the kernel marks no inode as DAX.',
  },
  {
    option: 'DAX',
    title: 'DAX core and bus',
    weight: 'required',
    module: 'dax',
    needs: [],
    traces: ['/sys/bus/dax'],
    cost: 'There is no /sys/bus/dax, so no region and no device can be seen or made.',
  },
  {
    option: 'DEV_DAX',
    title: 'Device DAX driver',
    weight: 'required',
    module: 'device_dax',
    needs: ['TRANSPARENT_HUGEPAGE', 'DAX'],
    traces: ['/sys/bus/dax/drivers/device_dax'],
    cost: 'No dax device can be enabled: no /dev/daxX.Y appears.',
  },
  {
    option: 'ZONE_DEVICE',
    title: 'Struct pages for device memory',
    weight: 'required',
    needs: ['MEMORY_HOTPLUG', 'SPARSEMEM_VMEMMAP'],
    impliedBy: ['dax_pmem'],
    cost: 'Dax memory gets no struct pages: no device can be enabled, FS_DAX cannot be built.',
  },
  {
    option: 'LIBNVDIMM',
    title: 'NVDIMM subsystem',
    weight: 'pmem',
    module: 'libnvdimm',
    needs: ['BLK_DEV'],
    traces: ['/sys/bus/nd'],
    cost: 'Persistent memory (NVDIMMs, memmap=N!S ranges) is not seen.',
  },
  {
    option: 'NVDIMM_DAX',
    title: 'Devdax namespaces on pmem',
    weight: 'pmem',
    needs: ['LIBNVDIMM', 'NVDIMM_PFN'],
    impliedBy: ['dax_pmem'],
    cost: 'ndctl cannot make a devdax namespace of persistent memory.',
  },
  {
    option: 'DEV_DAX_PMEM',
    title: 'Device DAX on pmem',
    weight: 'pmem',
    module: 'dax_pmem',
    needs: ['DEV_DAX', 'LIBNVDIMM', 'NVDIMM_DAX'],
    cost: 'Devdax namespaces of persistent memory get no dax region and no device.',
  },
  {
    option: 'MEMORY_HOTPLUG',
    title: 'Memory hotplug',
    weight: 'optional',
    needs: ['SPARSEMEM_VMEMMAP'],
    traces: ['/sys/devices/system/memory/block_size_bytes'],
    impliedBy: ['kmem'],
    cost: 'Mode system-ram is not there: memory cannot be added while the kernel runs.',
  },
  {
    option: 'DEV_DAX_KMEM',
    title: 'Dax memory as system RAM',
    weight: 'optional',
    module: 'kmem',
    needs: ['DEV_DAX', 'MEMORY_HOTPLUG'],
    traces: ['/sys/bus/dax/drivers/kmem'],
    cost: 'Mode system-ram is refused: devices can only be used as devdax.',
    caution: 'Enable the devdax devices first: a loaded kmem may take hmem and CXL regions whole.',
  },
  {
    option: 'MHP_MEMMAP_ON_MEMORY',
    title: 'Memmap on the added memory',
    weight: 'optional',
    needs: ['MEMORY_HOTPLUG', 'SPARSEMEM_VMEMMAP'],
    traces: ['/sys/module/memory_hotplug/parameters/memmap_on_memory'],
    cost: 'The struct pages of system-ram devices come out of DRAM, 16 MiB per GiB added.',
  },
  {
    option: 'EFI_SOFT_RESERVE',
    title: 'Soft-reserved memory',
    weight: 'optional',
    needs: ['EFI', 'EFI_STUB', 'ACPI_HMAT'],
    impliedBy: ['dax_hmem'],
    cost: 'Memory that firmware sets aside (HBM, CXL) becomes ordinary RAM and no dax region.',
  },
  {
    option: 'DEV_DAX_HMEM',
    title: 'Device DAX on soft-reserved memory',
    weight: 'optional',
    module: 'dax_hmem',
    needs: ['DEV_DAX', 'EFI_SOFT_RESERVE'],
    cost: 'Soft-reserved ranges (HBM, efi_fake_mem) get no dax region and stay unused.',
  },
  {
    option: 'CXL_BUS',
    title: 'CXL subsystem',
    weight: 'optional',
    module: 'cxl_core',
    needs: ['PCI'],
    traces: ['/sys/bus/cxl'],
    cost: 'CXL memory expanders are not seen unless firmware sets their memory up.',
  },
  {
    option: 'DEV_DAX_CXL',
    title: 'Device DAX on CXL regions',
    weight: 'optional',
    module: 'dax_cxl',
    needs: ['DEV_DAX', 'CXL_BUS', 'CXL_REGION'],
    cost: 'Volatile CXL regions get no dax region (the driver came with Linux 6.3).',
  },
  {
    option: 'HAVE_ARCH_TRANSPARENT_HUGEPAGE_PUD',
    title: 'Huge pages of 1 GiB',
    weight: 'optional',
    needs: ['TRANSPARENT_HUGEPAGE'],
    cost: 'Align 1073741824 is not offered: faults resolve to 2 MiB or 4 KiB pages at most.',
  },
]
