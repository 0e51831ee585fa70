/** What is mapped live on a subject while requests are drawn, so that some overlap it. */
export interface HeldWindow {
  readonly offset: number
  readonly length: number
  readonly exclusive: boolean
}

/** A device as daxd shows it, and the device file that a real kernel answers for it. */
export interface Subject {
  readonly label: string
  readonly chardev: string
  /** The real device that the probe opens. */
  readonly path: string
  readonly size: number
  readonly align: number
  readonly state: 'enabled' | 'disabled' | 'draining'
  /** Byte offsets inside the device at which another range begins. */
  readonly seams: readonly number[]
  readonly handles: { readonly rw: string; readonly ro: string; readonly stale?: string }
  readonly held: readonly HeldWindow[]
}
