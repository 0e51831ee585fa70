import type { NodeOwner } from '../core/model.ts'
import type { Align, Bytes } from '../core/units.ts'
import type { Access } from '../core/vocabulary.ts'

/** What a container is given with a claim. */
export interface DeviceSpec {
  /** Unqualified, and never used before. */
  readonly device: string
  readonly claim: string
  readonly path: string
  /** Where the claim begins, in bytes from the device's start. */
  readonly offset: Bytes
  readonly length: Bytes
  readonly align: Align
  readonly access: Access
  readonly owner: NodeOwner
}

/**
 * The place where container runtimes look devices up by name (CDI). Every call may be repeated
 * after a failure; a call on one device comes after the one before on it has ended.
 */
export interface DeviceSpecs {
  /** `vendor/class`. */
  readonly kind: string
  /** Whether a node of its own can be made in the container, with an owner and a mode. */
  readonly givesNodes: boolean
  /** The devices that are there, of this kind and by daxd, whichever daemon wrote them. */
  list(): Promise<readonly string[]>
  /** The host's path that a device hands out; null when no runtime could read it either. */
  pathOf(device: string): Promise<string | null>
  /** Takes away what a crash has left half-written. */
  sweep(): Promise<void>
  /** Writes a specification or replaces it; readers see the old one or the new one, whole. */
  write(spec: DeviceSpec): Promise<void>
  /** Succeeds when it is gone already, and with it when the whole place is. */
  remove(device: string): Promise<void>
}
