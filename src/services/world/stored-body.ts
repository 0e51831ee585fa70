import type { MappingRecord, RecordOf } from '../../core/model.ts'
import type { Kind } from '../../core/vocabulary.ts'

/** What most mappings have; a body leaves it out. Never changed, for bodies of old rely on it. */
const USUAL = {
  labels: {},
  lease: null,
  claim: null,
  tenant: null,
  flags: ['MAP_SHARED'],
  prot: ['PROT_READ', 'PROT_WRITE'],
  dontfork: false,
  exclusive: true,
  state: 'live',
} as const satisfies Partial<MappingRecord>

/** What is some tenant's or the host's; a mapping's body leaves out that it is the host's. */
const OWNED: ReadonlySet<Kind> = new Set(['namespace', 'handle', 'lease', 'claim', 'operation'])

/** A mapping in the ledger: without its id, which is the row's, and without what is usual. */
type MappingBody = Pick<
  MappingRecord,
  'seq' | 'created_ms' | 'handle' | 'device' | 'chardev' | 'generation' | 'holder'
> &
  Pick<MappingRecord, 'offset' | 'length' | 'align'> &
  Partial<MappingRecord>

/** The text that the ledger keeps of a record. A mapping's is short: there are so many of them. */
export function encodeBody<K extends Kind>(kind: K, record: RecordOf[K]): string {
  if (kind !== 'mapping') return JSON.stringify(record)
  return JSON.stringify(mappingBody(record as unknown as MappingRecord))
}

/** The record of a body that {@link encodeBody} made under this key. */
export function decodeBody<K extends Kind>(kind: K, key: string, body: string): RecordOf[K] {
  const value = JSON.parse(body)
  if (kind === 'mapping') return mappingOf(key, value) as unknown as RecordOf[K]
  // Bodies of a daxd that knew no tenants have none.
  return OWNED.has(kind) && value.tenant === undefined ? { ...value, tenant: null } : value
}

function mappingBody(record: MappingRecord): MappingBody {
  const { seq, created_ms, handle, device, chardev, generation, holder } = record
  const { offset, length, align } = record
  return {
    seq,
    created_ms,
    handle,
    device,
    chardev,
    generation,
    holder,
    offset,
    length,
    align,
    ...(record.revision === seq ? {} : { revision: record.revision }),
    ...(record.updated_ms === created_ms ? {} : { updated_ms: record.updated_ms }),
    ...unusual(record),
  }
}

function unusual(record: MappingRecord): Partial<MappingRecord> {
  const { labels, lease, claim, tenant, flags, prot, dontfork, exclusive, state } = record
  return {
    ...(Object.keys(labels).length === 0 ? {} : { labels }),
    ...(lease === USUAL.lease ? {} : { lease }),
    ...(claim === USUAL.claim ? {} : { claim }),
    ...(tenant === USUAL.tenant ? {} : { tenant }),
    ...(isSame(flags, USUAL.flags) ? {} : { flags }),
    ...(isSame(prot, USUAL.prot) ? {} : { prot }),
    ...(dontfork === USUAL.dontfork ? {} : { dontfork }),
    ...(exclusive === USUAL.exclusive ? {} : { exclusive }),
    ...(state === USUAL.state ? {} : { state }),
  }
}

function isSame(left: readonly string[], right: readonly string[]): boolean {
  return left.length === right.length && left.every((text, at) => text === right[at])
}

function mappingOf(id: string, body: MappingBody): MappingRecord {
  const { seq, created_ms } = body
  return { id, revision: seq, updated_ms: created_ms, ...USUAL, ...body }
}
