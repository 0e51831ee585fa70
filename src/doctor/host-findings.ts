import { hasPersistentMemory } from './dax-devices.ts'
import { passed, troubled } from './finding.ts'
import type { DaxReport, Finding, MemoryReport, ToolReport } from './host-report.ts'
import type { KernelConfig } from './kernel-config.ts'

/** Where the kernel's options come from. */
export function judgeConfig(config: KernelConfig): Finding {
  const subject = { id: 'kernel_config', group: 'kernel', title: 'Kernel configuration' } as const
  const problems = config.problems.map((problem) => ` ${problem}`).join('')
  if (config.source !== null) {
    return passed(subject, problems === '' ? config.source : `${config.source}.${problems}`)
  }
  return troubled(subject, {
    status: 'unknown',
    detail: `not readable, so inferred from modules and sysfs.${problems}`,
    cost: 'Options that leave no trace, such as FS_DAX, stay unknown.',
    mend: "modprobe configs, or install /boot/config-RELEASE; a container: mount the host's /boot.",
  })
}

/** Whether there is anything for the kernel backend to hand out. */
export function judgeDax(dax: DaxReport): Finding {
  const subject = { id: 'dax_memory', group: 'host', title: 'Memory for dax' } as const
  if (dax.model === 'class') {
    return troubled(subject, {
      status: 'fail',
      detail: 'devices follow the old /sys/class/dax model',
      cost: 'Devices of the old model cannot be made, resized or rebound.',
      mend: 'Run daxctl migrate-device-model and reboot, on Linux 5.10 or later.',
    })
  }
  if (dax.regions_seen + dax.nd_regions_seen > 0) {
    return passed(
      subject,
      `${dax.regions_seen} dax regions with ${dax.devices_seen} devices (${dax.devdax} devdax, ` +
        `${dax.system_ram} system-ram), ${dax.nd_regions_seen} nvdimm regions`,
    )
  }
  const ranges = dax.firmware_ranges
  if (ranges !== null && ranges.soft_reserved + ranges.cxl_windows > 0) {
    return troubled(subject, {
      status: 'warn',
      detail:
        `no region, though firmware announces ${ranges.soft_reserved} soft-reserved ranges ` +
        `and ${ranges.cxl_windows} CXL windows`,
      cost: 'That memory is neither system RAM nor dax: it lies idle.',
      mend: 'modprobe dax_hmem and cxl_acpi, then see daxctl list -R and cxl list.',
    })
  }
  const persistent = hasPersistentMemory(dax)
  return troubled(subject, {
    status: 'warn',
    detail: persistent ? 'persistent memory, but no nvdimm region' : 'no region on this host',
    cost: 'The kernel backend has nothing to hand out.',
    mend: persistent
      ? 'modprobe nfit (NVDIMMs) or nd_e820 (memmap=), then see ndctl list -R.'
      : 'Add NVDIMM or CXL memory, boot with memmap=2G!4G, or use --backend emulated.',
  })
}

const TOOLS = {
  ndctl: {
    cost: 'Namespaces on persistent memory cannot be made or destroyed.',
    mend: 'apt install ndctl daxctl, or dnf install ndctl daxctl.',
  },
  daxctl: {
    cost: 'Operators lack the tool to look at and repair devices; daxd itself writes sysfs.',
    mend: 'apt install ndctl daxctl, or dnf install ndctl daxctl.',
  },
  daxio: {
    cost: 'Memory cannot be wiped, as that of tenants is unless an admin says otherwise.',
    mend: 'apt install pmdk-tools, or dnf install daxio.',
  },
}

/** Whether the command-line tools are there. */
export function judgeTools(tools: readonly ToolReport[], hasPmem: boolean): readonly Finding[] {
  const rows = Object.entries(TOOLS)
  return rows.map(([name, { cost, mend }]) => {
    const subject = { id: name, group: 'host', title: `Tool ${name}` } as const
    const tool = tools.find((candidate) => candidate.name === name)
    if (tool?.version) return passed(subject, `version ${tool.version} at ${tool.path}`)
    const isInstalled = typeof tool?.path === 'string'
    return troubled(subject, {
      status: name === 'ndctl' && hasPmem ? 'fail' : 'warn',
      detail: isInstalled ? `${tool.path} does not tell its version` : 'not found',
      cost,
      mend: isInstalled ? `Run ${tool.path} --version by hand; re${mend.slice(4)}` : mend,
    })
  })
}

/** What becomes of memory that kmem adds; nothing to say where memory cannot be added. */
export function judgeOnlinePolicy(memory: MemoryReport): readonly Finding[] {
  const policy = memory.auto_online
  if (policy === null) return []
  const subject = { id: 'auto_online', group: 'kernel', title: 'Online policy' } as const
  if (policy === 'offline' || policy === 'online_movable') return [passed(subject, policy)]
  return [
    troubled(subject, {
      status: 'warn',
      detail: policy,
      cost: 'Memory of system-ram devices goes online at once and may never be unplugged again.',
      mend: 'echo online_movable > /sys/devices/system/memory/auto_online_blocks',
    }),
  ]
}
