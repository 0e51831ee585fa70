/**
 * What of a region is taken without a device, a namespace of another mode for instance. Nothing
 * tells of it but the region's map, which is long; so it is read only where free bytes do not add
 * up.
 */
import { type ReadonlySignal, signal } from '@preact/signals'
import type { Daxd } from '../../client/src/index.ts'
import { RESERVED_OWNER } from '../model/owners.ts'
import type { TakenPiece } from '../model/pieces.ts'

export interface ReservedMemory {
  readonly byRegion: ReadonlySignal<ReadonlyMap<number, readonly TakenPiece[]>>
  /** Reads the map of a region. */
  read(id: number): Promise<void>
}

/** Nothing is known to be reserved. */
export function createReservedMemory(daxd: Daxd): ReservedMemory {
  const byRegion = signal<ReadonlyMap<number, readonly TakenPiece[]>>(new Map())
  return {
    byRegion,
    async read(id) {
      const { items } = await daxd.regions.map(id)
      const pieces = items
        .filter(({ state, chardev }) => state === 'allocated' && chardev === undefined)
        .map(({ start, end }) => ({ start, end: end + 1, chardev: null, owner: RESERVED_OWNER }))
      byRegion.value = new Map([...byRegion.value, [id, pieces]])
    },
  }
}
