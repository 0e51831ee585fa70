/** All that the console knows of the host, fed by lists and by events. */
import type {
  ClaimView,
  DeviceView,
  EventView,
  LeaseView,
  NamespaceView,
  OperationView,
  RegionView,
} from '../../client/src/index.ts'
import { createEventLog, type EventLog } from './event-log.ts'
import { createReferences, type Reference, type References } from './references.ts'
import { createTable, type Table } from './table.ts'

export interface HostState {
  readonly regions: Table<RegionView>
  readonly namespaces: Table<NamespaceView>
  readonly devices: Table<DeviceView>
  readonly claims: Table<ClaimView>
  readonly leases: Table<LeaseView>
  readonly operations: Table<OperationView>
  readonly references: References
  readonly log: EventLog
  /** Takes one change; what is known already, or newer, stays. */
  apply(event: EventView): void
  /** Notes that an ended life of a device's name is still held by somebody. */
  noteRemoved(device: DeviceView): void
  /** Everything is about to be listed anew. */
  beginLoad(): void
  endLoad(): void
  /** Shows what has changed. */
  tell(): void
}

export interface HostStateOptions {
  /** Asks for `tell` to be called soon. */
  readonly changed: () => void
  /** A device may be gone, or only an older bearer of its name: somebody has to look. */
  readonly lookAgain: (chardev: string) => void
}

/** Knows nothing yet. */
export function createHostState({ changed, lookAgain }: HostStateOptions): HostState {
  const tables = {
    region: createTable<RegionView>(({ id }) => String(id)),
    namespace: createTable<NamespaceView>(({ name }) => name),
    device: createTable<DeviceView>(({ chardev }) => chardev),
    claim: createTable<ClaimView>(({ name }) => name),
    lease: createTable<LeaseView>(({ id }) => id),
    operation: createTable<OperationView>(({ id }) => id),
  }
  const all = Object.values(tables)
  const references = createReferences()
  const log = createEventLog()
  /** Names that an ended life still has: its end is told by the name alone. */
  const removed = new Set<string>()

  function noteRemoved({ chardev, revision }: DeviceView): void {
    removed.add(chardev)
    tables.device.remove(chardev, revision)
  }

  function applyDevice(event: EventView): void {
    const { type, id, revision, object } = event
    const device = object as DeviceView | undefined
    if (device?.state === 'removed') noteRemoved(device)
    else if (device !== undefined) tables.device.put(device)
    else if (type === 'deleted' && removed.delete(id)) lookAgain(id)
    else tables.device.remove(id, revision)
  }

  function applyReference(kind: 'handle' | 'mapping', { id, object }: EventView): void {
    if (object === undefined) references.remove(kind, id)
    else references.put(kind, object as Reference)
  }

  function applyEvent(event: EventView): void {
    const { kind, id, revision, object } = event
    if (kind === 'device') applyDevice(event)
    else if (kind === 'handle' || kind === 'mapping') applyReference(kind, event)
    else if (kind in tables) {
      const table = tables[kind as keyof typeof tables] as Table<{ readonly revision: number }>
      if (object === undefined) table.remove(id, revision)
      else table.put(object as { readonly revision: number })
    }
  }

  return {
    regions: tables.region,
    namespaces: tables.namespace,
    devices: tables.device,
    claims: tables.claim,
    leases: tables.lease,
    operations: tables.operation,
    references,
    log,
    noteRemoved,
    apply(event) {
      log.add(event)
      applyEvent(event)
      changed()
    },
    beginLoad() {
      for (const table of all) {
        table.clear()
        table.remember(true)
      }
      references.clear()
      removed.clear()
    },
    endLoad() {
      for (const table of all) table.remember(false)
      changed()
    },
    tell() {
      for (const table of all) table.tell()
      references.tell()
      log.tell()
    },
  }
}
