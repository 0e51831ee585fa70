import type { OperationRecord } from '../core/model.ts'
import type { World } from './world/world.ts'

/** Operations of one verb that came out in one way. */
export interface OperationEnds extends Pick<OperationRecord, 'verb' | 'state'> {
  readonly count: number
}

/** Counts the durable ends of operations, of whoever records them. */
export function countEnds(
  world: Pick<World, 'onEvents' | 'durable'>,
): () => Iterable<OperationEnds> {
  const counts = new Map<string, OperationEnds>()
  world.onEvents((events) => {
    for (const { kind, id, type } of events) {
      if (kind !== 'operation' || type !== 'updated') continue
      const operation = world.durable.get('operation', id)
      if (operation === undefined || operation.finished_ms === null) continue
      const { verb, state } = operation
      const key = `${verb} ${state}`
      counts.set(key, { verb, state, count: (counts.get(key)?.count ?? 0) + 1 })
    }
  })
  return () => counts.values()
}
