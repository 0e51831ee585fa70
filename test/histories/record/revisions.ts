import type { Recorded } from './lane.ts'
import type { Body } from './wire.ts'

/**
 * Fills in what the event stream tells of the revisions of changes whose answers carry none: a
 * deletion's.
 */
export function withDeletions(
  recorded: readonly Recorded[],
  events: readonly Body[],
): readonly Recorded[] {
  const deleted = new Map<string, number>(
    events
      .filter(({ type }) => type === 'deleted')
      .map(({ kind, id, revision }) => [`${kind}/${id}`, revision]),
  )
  return recorded.map((one) => {
    const { answer } = one.operation
    const revision = one.deletes === null ? undefined : deleted.get(one.deletes)
    if (revision === undefined || answer === null || 'code' in answer) return one
    return { ...one, operation: { ...one.operation, answer: { ...answer, revision } } }
  })
}

/** What contradicts itself between the answers of all lanes and the one stream of events. */
export function revisionFaults(recorded: readonly Recorded[], events: readonly Body[]): string[] {
  return [...streamFaults(events), ...eventFaults(recorded, events), ...orderFaults(recorded)]
}

/** Each event comes once, in order; nothing goes on after its deletion. */
function streamFaults(events: readonly Body[]): string[] {
  const faults: string[] = []
  const gone = new Set<string>()
  let last = 0
  for (const { revision, type, kind, id } of events) {
    if (revision <= last) faults.push(`the stream tells ${revision} after ${last}`)
    last = Math.max(last, revision)
    const name = `${kind}/${id}`
    if (kind === 'claim' || kind === 'device' || kind === 'namespace') continue
    if (gone.has(name)) faults.push(`${name} is ${type} at ${revision}, after its deletion`)
    if (type === 'deleted') gone.add(name)
  }
  return faults
}

/** What an answer shows of a change is what the event of its revision shows. */
function eventFaults(recorded: readonly Recorded[], events: readonly Body[]): string[] {
  const byRevision = new Map<number, Body>(events.map((event) => [event.revision, event]))
  const oldest = events[0]?.revision ?? 0
  return recorded.flatMap(({ operation: { call, answer }, body }) => {
    if (answer === null || 'code' in answer || body === null) return []
    const { revision, revoked: _revoked, ...shown } = body
    if (typeof revision !== 'number' || revision < oldest) return []
    const event = byRevision.get(revision)
    if (event === undefined) return [`${call.type} shows revision ${revision}, no event does`]
    // A read of an old revision shows what else has changed around the object since.
    if (/^read|^list/.test(call.type) || isRepeat(call.type, answer)) return []
    const told = JSON.stringify(event.object)
    const said = JSON.stringify({ ...event.object, ...shown })
    return told === said ? [] : [`${call.type} answered ${said}, its event tells ${told}`]
  })
}

/** Enabling what is enabled, and a claim again, change nothing and show the state of now. */
function isRepeat(type: string, answer: object): boolean {
  return type === 'enable' || type === 'disable' || (answer as { status?: number }).status === 200
}

/** A change that began after another was answered, in whatever lane, has a higher revision. */
function orderFaults(recorded: readonly Recorded[]): string[] {
  const told = recorded.flatMap(({ operation }) => {
    const { answer, begin, end, call } = operation
    const { revision } = (answer ?? {}) as { revision?: number }
    return revision === undefined ? [] : [{ revision, begin, end, call }]
  })
  const changes = told.filter(({ call }) => isNewChange(call.type))
  const byEnd = told.sort((left, right) => left.end - right.end)
  const faults: string[] = []
  let at = 0
  let newest = 0
  for (const { revision, begin, call } of changes.sort((left, right) => left.begin - right.begin)) {
    for (; at < byEnd.length && byEnd[at]!.end < begin; at += 1) {
      newest = Math.max(newest, byEnd[at]!.revision)
    }
    if (revision <= newest) {
      faults.push(
        `${call.type} got revision ${revision}, though ${newest} was told before it began`,
      )
    }
  }
  return faults
}

function isNewChange(type: string): boolean {
  return ['open', 'map', 'lease', 'renew'].includes(type)
}
