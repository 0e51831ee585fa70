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
  /** Everything is about to be listed anew. */
  beginLoad(): void
  endLoad(): void
  /** Shows what has changed. */
  tell(): void
}

/** Knows nothing yet; `changed` asks for `tell` to be called soon. */
export function createHostState(changed: () => void): HostState {
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

  /** A removed device has left its name, which another may have by now: its end is no news. */
  function applyDevice({ type, id, revision, object }: EventView): void {
    const device = object as DeviceView
    const isRemoved = device.state === 'removed'
    if (type !== 'deleted' && !isRemoved) tables.device.put(device)
    else if (type !== 'deleted' || !isRemoved) tables.device.remove(id, revision)
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
