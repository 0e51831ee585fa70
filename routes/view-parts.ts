/** Parts that the views of several kinds of objects share. */
import type {
  DeviceUsersView,
  DeviceView,
  MappingView,
  ProblemView,
  RegionView,
} from '../schemas/index.ts'
import type { DeviceRange } from '../src/core/device-range.ts'
import { mmapCall } from '../src/core/mmap-call.ts'
import type {
  DeviceRecord,
  MappingRecord,
  Owned,
  Stored,
  StoredProblem,
} from '../src/core/model.ts'
import { problemDocument } from '../src/core/problem-document.ts'
import { holdersToldTo } from '../src/core/told-holders.ts'
import { PAGE_SIZE } from '../src/core/units.ts'
import type { ObservedUser } from '../src/services/quiet.ts'

/** Ranges as `daxctl list -M` gives them: offsets in pages, ends inclusive, by page offset. */
export function rangeViews(ranges: readonly DeviceRange[]): DeviceView['ranges'] {
  return ranges.map(({ offset, start, size }) => ({
    page_offset: offset / PAGE_SIZE,
    start,
    end: start + size - 1,
    size,
  }))
}

/** Observed processes, field by field. */
export function userViews(users: readonly ObservedUser[]): DeviceUsersView['processes'] {
  return users.map(({ pid, comm, cgroup, container_id, pod_uid, fds, mapped, stale }) => ({
    pid,
    comm,
    cgroup,
    container_id,
    pod_uid,
    fds: [...fds],
    mapped: mapped.map(({ offset, length }) => ({ offset, length })),
    stale,
  }))
}

/** The instant told last: those of one commit, and of one object, are often the same. */
let told = { ms: 0, text: '1970-01-01T00:00:00.000Z' }

/** An instant as RFC 3339. */
export function instant(ms: number): string {
  if (ms !== told.ms) told = { ms, text: new Date(ms).toISOString() }
  return told.text
}

/** The mmap call to make. */
export function mmapView(
  mapping: MappingRecord,
  device: DeviceRecord | undefined,
): MappingView['mmap'] {
  const { offset, length, prot, flags } = mapping
  const align = device?.align ?? mapping.align
  const call = mmapCall({ path: device?.path ?? '', offset, length, prot, flags, align })
  return { ...call, prot: [...call.prot], flags: [...call.flags] }
}

/** What a tenant's object tells of others is theirs alone to know. */
export function problemView({
  problem,
  tenant,
}: Owned & { readonly problem: StoredProblem | null }): ProblemView | null {
  if (problem === null) return null
  const { code, detail, facts } = problem
  const { holders } = facts
  const told = holders === undefined ? facts : { ...facts, holders: holdersToldTo(tenant, holders) }
  return problemDocument({ code, detail, facts: told }) as ProblemView
}

/** What every stored object carries. */
export function storedFields(
  record: Stored,
): Pick<RegionView, 'revision' | 'created_at' | 'updated_at' | 'labels'> {
  return {
    revision: record.revision,
    created_at: instant(record.created_ms),
    updated_at: instant(record.updated_ms),
    labels: { ...record.labels },
  }
}
