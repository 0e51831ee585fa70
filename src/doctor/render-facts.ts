import type { HostReport } from './host-report.ts'
import { roundSize } from './round-size.ts'
import { type Painter, TERMINAL_COLUMNS, wrap } from './terminal.ts'

const LABEL_COLUMNS = 12

/** What the host has, in a few labelled lines. */
export function renderFacts(report: HostReport, paint: Painter): readonly string[] {
  const facts = {
    memory: memoryFact(report),
    'huge pages': hugePagesFact(report),
    dax: daxFact(report),
    firmware: firmwareFact(report),
    privileges: privilegesFact(report),
  }
  return Object.entries(facts).flatMap(([label, text]) =>
    wrap(text, TERMINAL_COLUMNS - LABEL_COLUMNS - 2).map((line, index) => {
      const lead = (index === 0 ? label : '').padEnd(LABEL_COLUMNS)
      return `  ${paint('dim', lead)}${line}`
    }),
  )
}

function memoryFact({ memory }: HostReport): string {
  const size = (value: number | null): string => (value === null ? 'unknown' : roundSize(value))
  const blocks = memory.block_size === null ? '' : `, blocks of ${roundSize(memory.block_size)}`
  return `${size(memory.total)} in all, ${size(memory.available)} available${blocks}`
}

function hugePagesFact({ huge_pages: pages }: HostReport): string {
  const pmd = pages.pmd_size === null ? '' : ` (${roundSize(pages.pmd_size)})`
  const pools = pages.sizes.map(
    ({ size, total, free }) => `, ${roundSize(size)} pool ${free} free of ${total}`,
  )
  return `transparent ${pages.thp}${pmd}${pools.join('')}`
}

function daxFact({ dax }: HostReport): string {
  return (
    `regions ${dax.regions_seen}, devices ${dax.devices_seen} (${dax.devdax} devdax, ` +
    `${dax.system_ram} system-ram), nvdimm regions ${dax.nd_regions_seen}`
  )
}

function firmwareFact({ dax: { firmware_ranges: ranges } }: HostReport): string {
  if (ranges === null) return 'announced ranges cannot be seen'
  return (
    `announces ${ranges.persistent_memory} persistent and ${ranges.soft_reserved} soft-reserved ` +
    `ranges, ${ranges.cxl_windows} CXL windows`
  )
}

function privilegesFact({ privileges }: HostReport): string {
  const { nodes, openable } = privileges.dev_dax_access
  const count = privileges.capabilities.length
  const devices = nodes === 0 ? 'no /dev/dax node' : `opens ${openable} of ${nodes} /dev/dax nodes`
  return `uid ${privileges.uid ?? 'unknown'}, ${count} capabilities, ${devices}`
}
