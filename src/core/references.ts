import { invariant } from './invariant.ts'

/** How many handles and mappings hold a device. */
export interface References {
  readonly handles: number
  readonly mappings: number
}

export type ReferenceKind = keyof References

export const NO_REFERENCES: References = { handles: 0, mappings: 0 }

/**
 * Reference counts by device. A handle counts until it is closed, a mapping until it is deleted,
 * whatever the generation: the kernel's file and VMA references do the same.
 * Source: drivers/dax/dax.c of v4.7, kref taken in `dax_open` and `dax_dev_vm_open`.
 */
export interface ReferenceCounts {
  /** Adds one reference. */
  acquire(device: string, kind: ReferenceKind): void
  /** Takes one back; releasing what was never acquired is a defect. */
  release(device: string, kind: ReferenceKind): void
  of(device: string): References
  /** Handles and mappings together. */
  total(device: string): number
}

/** Counts of devices that nobody refers to yet. */
export function createReferenceCounts(): ReferenceCounts {
  const counts = new Map<string, { handles: number; mappings: number }>()
  return {
    acquire(device, kind) {
      const entry = counts.get(device) ?? { handles: 0, mappings: 0 }
      entry[kind] += 1
      counts.set(device, entry)
    },
    release(device, kind) {
      const entry = counts.get(device)
      invariant(entry !== undefined && entry[kind] > 0, 'a release follows an acquire', {
        device,
        kind,
      })
      entry[kind] -= 1
      if (entry.handles === 0 && entry.mappings === 0) counts.delete(device)
    },
    of: (device) => {
      const entry = counts.get(device)
      return entry === undefined ? NO_REFERENCES : { ...entry }
    },
    total: (device) => {
      const entry = counts.get(device)
      return entry === undefined ? 0 : entry.handles + entry.mappings
    },
  }
}
