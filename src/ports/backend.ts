import type { DeviceRange } from '../core/device-range.ts'
import type { Extent } from '../core/extent.ts'
import type { RegionNature } from '../core/model.ts'
import type { Align, Bytes } from '../core/units.ts'
import type { Memmap, Mode } from '../core/vocabulary.ts'

/** How a device is made of memory. `ranges` is what can be mapped of `extents`. */
export interface DeviceShape {
  readonly align: Align
  readonly memmap: Memmap
  readonly mode: Mode
  readonly extents: readonly Extent[]
  readonly ranges: readonly DeviceRange[]
}

/** A device to be made, disabled. The host may have to give it another name than `chardev`. */
export interface DevicePlan extends DeviceShape {
  readonly region: number
  readonly chardev: string
  readonly name: string
  readonly uuid: string
}

/** A device as the host has it now. An empty id 0 of a dynamic region has no extents. */
export interface HostDevice extends DeviceShape {
  readonly chardev: string
  readonly region: number
  readonly path: string
  readonly major: number
  readonly minor: number
  readonly target_node: number
  readonly enabled: boolean
}

/** The whole host at one instant. */
export interface HostView {
  readonly boot_id: string
  readonly regions: readonly RegionNature[]
  readonly devices: readonly HostDevice[]
}

/** A process that really has a device open or mapped. */
export interface ObservedUser {
  readonly pid: number
  readonly comm: string
  readonly cgroup: string | null
  readonly container_id: string | null
  readonly pod_uid: string | null
  /** Open file descriptors of it. */
  readonly fds: readonly number[]
  /** What it has mapped, in bytes from the device's start. */
  readonly mapped: readonly { readonly offset: number; readonly length: number }[]
  /** It holds an ended life of the name (revoked or removed), not the device that is there now. */
  readonly stale: boolean
}

/** What a look at the processes found; `complete` is false where some could not be read. */
export interface Observation {
  readonly users: ReadonlyMap<string, readonly ObservedUser[]>
  readonly complete: boolean
}

/** Told now and then by long work: bytes done so far. */
export type ProgressListener = (doneBytes: number) => void

/**
 * What the host must do for us. Every call is bounded in time by the backend, may be repeated
 * after a failure, and rejects with a DaxError that keeps the host's errno. Calls on one region
 * come one at a time; calls on different regions may overlap.
 */
export interface Backend {
  readonly kind: 'emulated' | 'kernel'
  /**
   * A memory block of the hot-plug core, of which a system-ram device must hold a whole aligned
   * one; null where memory cannot be plugged. It does not change while the host runs.
   */
  readonly memoryBlock: Bytes | null
  /**
   * Reads the host afresh; nothing is cached. With a region only that region's devices are sure to
   * be shown: what the caller does not need may be left out.
   */
  discover(region?: number): Promise<HostView>
  /** Makes a device, disabled. All or nothing: a failure leaves no stray device. */
  create(plan: DevicePlan): Promise<HostDevice>
  /** Gives a disabled device another shape; data of the offsets that stay are kept. */
  reshape(chardev: string, shape: DeviceShape): Promise<HostDevice>
  /** Makes a disabled device openable. Doing it twice is the same as once. */
  enable(chardev: string): Promise<HostDevice>
  /** Ends a device's life for every user, mapped or not: touches fault from now on. Repeatable. */
  disable(chardev: string): Promise<HostDevice>
  /**
   * Frees a disabled device's memory. The device is gone afterwards, but id 0 of a dynamic region
   * stays, empty. Destroying what is gone is a success.
   */
  destroy(chardev: string): Promise<void>
  /** Nobody can open the device until {@link unfence}; those that have it open keep it. */
  fence(chardev: string): Promise<void>
  unfence(chardev: string): Promise<void>
  /** Who has these devices open or mapped now; a look that begins after the call. */
  observe(chardevs: readonly string[]): Promise<Observation>
  /**
   * Zeroes a part of a device, enabled or not, and reads every byte of it back: rejects with
   * `wipe_unverified` when one is not zero. What progress tells of is wiped for good.
   */
  wipe(
    chardev: string,
    part: { readonly offset: Bytes; readonly length: Bytes },
    onProgress: ProgressListener,
  ): Promise<void>
  /** Adds a region to the host; absent where the host's regions are given. */
  defineRegion?(region: RegionNature): Promise<void>
  /** Takes a region without devices (but an empty id 0) off the host. */
  dropRegion?(id: number): Promise<void>
  close(): Promise<void>
}
