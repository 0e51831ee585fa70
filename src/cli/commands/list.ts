import type { Command } from 'commander'
import type { DeviceView, NamespaceView, RegionView } from '../../../schemas/index.ts'
import { clientCommand, connectionOptions } from '../client-command.ts'
import { buildListing, type HostObjects, pick } from '../listing/build-listing.ts'
import { type ListFlags, type Selection, selectionOf } from '../listing/list-selection.ts'
import { NAMESPACE_COLUMNS } from '../listing/namespace-columns.ts'
import { shortSize } from '../output/human-size.ts'
import { type Column, renderTable } from '../output/table.ts'
import { type Session, type SessionDeps, type SessionFlags, sessionAction } from '../session.ts'

const NOTES = `Where no kind is asked for, a filter shows what it filters, and without a filter
devices are shown. A filter takes several names, set apart by commas. Nothing to
show prints nothing, as with daxctl; with --json it prints [].`

/** Adds `daxd list`, with daxctl's flags and those of ndctl for namespaces. */
export function addList(program: Command, deps: SessionDeps): void {
  const command = clientCommand(program, {
    name: 'list',
    summary: 'list regions, devices, mappings and namespaces',
    group: 'Commands of daxctl:',
    examples: ['list', 'list -RDMiu', 'list -r 0 -D', 'list -d dax0.1 -M', 'list -N -n web'],
    notes: NOTES,
  })
    .option('-r, --region <region-id>', 'only of this region, or all')
    .option('-d, --dev <dev-id>', 'only this device, as dax0.1 or 0.1')
    .option('-n, --namespace <namespace-id>', 'only this namespace, by its name or as namespace0.1')
    .option('-R, --regions', 'include regions')
    .option('-D, --devices', 'include devices (default)')
    .option('-M, --mappings', 'include the physical ranges of devices')
    .option('-N, --namespaces', 'include namespaces')
    .option('-i, --idle', 'include what has no memory')
    .option('-u, --human', 'sizes with units and hexadecimal addresses')
  connectionOptions(command).action(
    sessionAction<ListFlags & SessionFlags>(deps, async (session, flags) => {
      const selection = selectionOf(flags)
      const picked = pick(flags, await look(session, selection))
      if (session.json) printJson(session, flags, buildListing(selection, flags, picked))
      else session.print(tables(selection, flags, picked))
      return 'done'
    }),
  )
}

/** Only what will be shown is asked for. Namespaces are told with the size of their devices. */
async function look({ daxd, signal }: Session, selection: Selection): Promise<HostObjects> {
  const [regions, devices, namespaces] = await Promise.all([
    selection.regions ? daxd.regions.list({}, { signal }).all() : [],
    daxd.devices.list({ idle: true }, { signal }).all(),
    selection.namespaces ? daxd.namespaces.list({}, { signal }).all() : [],
  ])
  return { regions, devices, namespaces }
}

/** daxctl prints nothing for nothing, and with `-u` a single thing without its brackets. */
function printJson(
  session: Session,
  { human }: ListFlags,
  listing: ReturnType<typeof buildListing>,
): void {
  if (!Array.isArray(listing)) {
    session.printJson(listing)
    return
  }
  if (listing.length === 0 && !session.jsonAsked) return
  session.printJson(human === true && listing.length === 1 ? listing[0] : listing)
}

const hex = (value: number): string => `0x${value.toString(16)}`

const REGION_COLUMNS: readonly Column<RegionView>[] = [
  { head: 'REGION', cell: ({ id }) => id, right: true },
  { head: 'PROVIDER', cell: ({ provider }) => provider },
  { head: 'KIND', cell: ({ kind }) => kind },
  { head: 'SIZE', cell: ({ size }) => shortSize(size), right: true },
  { head: 'AVAILABLE', cell: ({ available_size }) => shortSize(available_size), right: true },
  { head: 'LARGEST', cell: (region) => shortSize(region.max_available_extent), right: true },
  { head: 'ALIGN', cell: ({ align }) => shortSize(align), right: true },
  { head: 'NODE', cell: ({ target_node }) => target_node, right: true },
  { head: 'STATE', cell: ({ state, drift }) => (drift === null ? state : `${state} (drift)`) },
]

const DEVICE_COLUMNS: readonly Column<DeviceView>[] = [
  { head: 'DEVICE', cell: ({ chardev }) => chardev },
  { head: 'NAMESPACE', cell: ({ namespace }) => namespace },
  { head: 'SIZE', cell: ({ size }) => shortSize(size), right: true },
  { head: 'ALIGN', cell: ({ align }) => shortSize(align), right: true },
  { head: 'MODE', cell: ({ mode }) => mode },
  { head: 'STATE', cell: ({ state, drift }) => (drift === null ? state : `${state} (drift)`) },
  { head: 'GEN', cell: ({ generation }) => generation, right: true },
  { head: 'HANDLES', cell: ({ refs }) => refs.handles, right: true },
  { head: 'MAPPINGS', cell: ({ refs }) => refs.mappings, right: true },
]

interface MappingRow {
  readonly chardev: string
  readonly range: DeviceView['ranges'][number]
}

const PAGE_SIZE = 4096

const MAPPING_COLUMNS: readonly Column<MappingRow>[] = [
  { head: 'DEVICE', cell: ({ chardev }) => chardev },
  { head: 'OFFSET', cell: ({ range }) => hex(range.page_offset * PAGE_SIZE), right: true },
  { head: 'START', cell: ({ range }) => hex(range.start), right: true },
  { head: 'END', cell: ({ range }) => hex(range.end), right: true },
  { head: 'SIZE', cell: ({ range }) => shortSize(range.size), right: true },
]

const LISTED_COLUMNS: readonly Column<NamespaceView>[] = [
  ...NAMESPACE_COLUMNS,
  { head: 'MAP', cell: ({ memmap }) => memmap },
  { head: 'STATE', cell: ({ state }) => state },
  { head: 'CLAIM', cell: ({ claim }) => claim },
  { head: 'TENANT', cell: ({ tenant }) => tenant },
]

function tables(selection: Selection, flags: ListFlags, picked: HostObjects): string {
  const { regions, devices, namespaces } = picked
  const mappings = devices.flatMap(({ chardev, ranges }) =>
    ranges.map((range) => ({ chardev, range })),
  )
  return [
    selection.regions ? renderTable(REGION_COLUMNS, regions) : '',
    selection.devices ? renderTable(DEVICE_COLUMNS, devices) : '',
    selection.devices && flags.mappings === true ? renderTable(MAPPING_COLUMNS, mappings) : '',
    selection.namespaces ? renderTable(LISTED_COLUMNS, namespaces) : '',
  ]
    .filter((table) => table !== '')
    .join('\n')
}
