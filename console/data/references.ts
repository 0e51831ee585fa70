/**
 * How many handles and mappings hold each device. Devices get no event when one comes or goes, so
 * they are counted from the events of handles and mappings themselves; only their ids and devices
 * are kept. Past REFERENCES_MAX nothing more is kept, and counts are those of the last reading.
 */
import { type ReadonlySignal, signal } from '@preact/signals'

/** Some 10 MB of a page's memory. */
export const REFERENCES_MAX = 100_000

export interface Reference {
  readonly id: string
  readonly chardev: string
  readonly created_at: string
}

export type ReferenceKind = 'handle' | 'mapping'

/** What is counted of a device; former bearers of its name are not. */
export interface Counted {
  readonly chardev: string
  readonly created_at: string
}

export interface References {
  readonly version: ReadonlySignal<number>
  /** False when there are too many to be followed. */
  isComplete(): boolean
  put(kind: ReferenceKind, reference: Reference): void
  /** The device that it held, null when it was not known. */
  remove(kind: ReferenceKind, id: string): string | null
  count(kind: ReferenceKind, device: Counted): number
  clear(): void
  tell(): void
}

/** Nothing counted yet. */
export function createReferences(): References {
  const known = new Map<string, Reference>()
  const byDevice = new Map<string, Set<string>>()
  const version = signal(0)
  let isComplete = true
  let isTold = true

  const keyOf = (kind: ReferenceKind, id: string): string => `${kind} ${id}`

  return {
    version,
    isComplete: () => isComplete,
    put(kind, { id, chardev, created_at }) {
      const key = keyOf(kind, id)
      if (known.has(key)) return
      if (known.size >= REFERENCES_MAX) {
        isComplete = false
        return
      }
      known.set(key, { id, chardev, created_at })
      const keys = byDevice.get(chardev) ?? new Set()
      byDevice.set(chardev, keys.add(key))
      isTold = false
    },
    remove(kind, id) {
      const key = keyOf(kind, id)
      const reference = known.get(key)
      if (reference === undefined) return null
      known.delete(key)
      const keys = byDevice.get(reference.chardev)
      keys?.delete(key)
      if (keys?.size === 0) byDevice.delete(reference.chardev)
      isTold = false
      return reference.chardev
    },
    count(kind, { chardev, created_at }) {
      let count = 0
      for (const key of byDevice.get(chardev) ?? []) {
        const isOfKind = key.startsWith(`${kind} `)
        if (isOfKind && (known.get(key)?.created_at ?? '') >= created_at) count += 1
      }
      return count
    },
    clear() {
      known.clear()
      byDevice.clear()
      isComplete = true
      isTold = false
    },
    tell() {
      if (isTold) return
      isTold = true
      version.value += 1
    },
  }
}
