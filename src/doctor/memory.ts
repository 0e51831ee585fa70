import { KIB } from '../core/units.ts'
import type { HostFiles } from './host-files.ts'
import type { HugePagesReport, MemoryReport } from './host-report.ts'
import { THP_DIRECTORY } from './kernel-features.ts'

const HUGE_PAGES_DIRECTORY = '/sys/kernel/mm/hugepages'
const MEMORY_DIRECTORY = '/sys/devices/system/memory'

/** How much memory the host has and in which unit it is hot-plugged. */
export async function examineMemory(files: HostFiles): Promise<MemoryReport> {
  const meminfo = (await files.text('/proc/meminfo')) ?? ''
  const blockSize = await files.text(`${MEMORY_DIRECTORY}/block_size_bytes`)
  return {
    total: kibibytes(meminfo, 'MemTotal'),
    available: kibibytes(meminfo, 'MemAvailable'),
    // Hexadecimal without 0x. Source: drivers/base/memory.c block_size_bytes_show.
    block_size: blockSize === null ? null : number(`0x${blockSize}`),
    auto_online: await files.text(`${MEMORY_DIRECTORY}/auto_online_blocks`),
  }
}

/** The huge page pools and the state of transparent huge pages. */
export async function examineHugePages(files: HostFiles): Promise<HugePagesReport> {
  const sizes: { size: number; total: number; free: number }[] = []
  for (const name of (await files.list(HUGE_PAGES_DIRECTORY)) ?? []) {
    const size = /^hugepages-(\d{1,12})kB$/.exec(name)?.[1]
    if (size === undefined) continue
    const pool = `${HUGE_PAGES_DIRECTORY}/${name}`
    sizes.push({
      size: Number(size) * KIB,
      total: number(await files.text(`${pool}/nr_hugepages`)) ?? 0,
      free: number(await files.text(`${pool}/free_hugepages`)) ?? 0,
    })
  }
  return {
    sizes,
    thp: thpState(await files.text(`${THP_DIRECTORY}/enabled`)),
    pmd_size: number(await files.text(`${THP_DIRECTORY}/hpage_pmd_size`)),
  }
}

function thpState(text: string | null): HugePagesReport['thp'] {
  const chosen = /\[(always|madvise|never)\]/.exec(text ?? '')?.[1]
  return chosen === 'always' || chosen === 'madvise' || chosen === 'never' ? chosen : 'absent'
}

function kibibytes(meminfo: string, name: string): number | null {
  const found = number(new RegExp(`^${name}: +(\\d+) kB$`, 'm').exec(meminfo)?.[1] ?? null)
  return found === null ? null : found * KIB
}

/** A whole number from sysfs text, null when the text is none. */
function number(text: string | null): number | null {
  if (text === null || !/^(0x[0-9a-f]+|\d+)$/i.test(text)) return null
  const value = Number(text)
  return Number.isSafeInteger(value) ? value : null
}
