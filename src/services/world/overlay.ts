import { invariant } from '../../core/invariant.ts'
import { KINDS, type Kind } from '../../core/vocabulary.ts'
import { AUX_KINDS, type AuxKind } from './state.ts'

/** What a key will be, null for gone. */
export interface Ahead {
  readonly value: unknown
}

interface Counted extends Ahead {
  /** How many writes of the key are not durable yet; two of them may leave the same value. */
  readonly writes: number
}

/** What is decided and not yet durable, by kind and key: as small as the commits in flight. */
export interface Overlay {
  of(kind: Kind | AuxKind, key: string): Ahead | undefined
  entries(kind: Kind | AuxKind): Iterable<readonly [key: string, ahead: Ahead]>
  write(kind: Kind | AuxKind, key: string, value: unknown): void
  /** Takes the newest write of the key back; `value` is what was there before it. */
  undo(kind: Kind | AuxKind, key: string, value: unknown): void
  /** The oldest write of the key is durable; the key is forgotten with its last one. */
  settle(kind: Kind | AuxKind, key: string): void
  clear(): void
}

/** An overlay in which everything is as it is durably. */
export function createOverlay(): Overlay {
  const layers = new Map<Kind | AuxKind, Map<string, Counted>>()
  for (const kind of [...KINDS, ...AUX_KINDS]) {
    layers.set(kind, new Map())
  }

  function layer(kind: Kind | AuxKind): Map<string, Counted> {
    const found = layers.get(kind)
    invariant(found !== undefined, 'every kind has a layer', kind)
    return found
  }
  function lessOne(kind: Kind | AuxKind, key: string, change: Partial<Ahead>): void {
    const ahead = layer(kind).get(key)
    invariant(ahead !== undefined, 'what is settled or undone was written', { kind, key })
    const writes = ahead.writes - 1
    if (writes === 0) layer(kind).delete(key)
    else layer(kind).set(key, { ...ahead, ...change, writes })
  }
  return {
    of: (kind, key) => layer(kind).get(key),
    entries: (kind) => layer(kind),
    write(kind, key, value) {
      const writes = (layer(kind).get(key)?.writes ?? 0) + 1
      layer(kind).set(key, { value, writes })
    },
    undo: (kind, key, value) => lessOne(kind, key, { value }),
    settle: (kind, key) => lessOne(kind, key, {}),
    clear() {
      for (const over of layers.values()) over.clear()
    },
  }
}
