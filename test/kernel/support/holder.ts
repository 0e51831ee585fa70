import { bits, FLAG_BITS, PROT_BITS } from '../mmap-names.ts'
import type { Guest, Probe, ProbeReply } from '../rig/guest.ts'

/** The call that daxd tells a user to make. */
export interface MmapCall {
  readonly path: string
  readonly offset: number
  readonly length: number
  readonly prot: readonly string[]
  readonly flags: readonly string[]
}

/** A real process with one mapping. */
export interface Holder {
  readonly pid: number
  readonly probe: Probe
  /** How open and mmap went, and a touch of every unit. */
  readonly opened: ProbeReply
  store(at: number, byte: number): Promise<void>
  load(at: number): Promise<number>
  /** Touches each 2 MiB once more. */
  touch(): Promise<ProbeReply>
  /** Another mmap through the descriptor it has. */
  mapAgain(): Promise<ProbeReply>
  /** The same open and mmap once more, after it has let go of the first. */
  holdAnew(): Promise<ProbeReply>
  end(): Promise<void>
}

const SLOT = 1
const UNIT = 2 * 2 ** 20

/** A process makes exactly this call, touches every unit and keeps the mapping. */
export async function hold(guest: Guest, call: MmapCall): Promise<Holder> {
  const probe = await guest.openProbe()
  const holdAnew = () =>
    probe.ask({
      ...{ op: 'hold', slot: SLOT, path: call.path, offset: call.offset, length: call.length },
      ...{ prot: bits(PROT_BITS, call.prot), flags: bits(FLAG_BITS, call.flags) },
      ...{ touch: 'r', unit: UNIT },
    })
  const opened = await holdAnew()
  return {
    pid: probe.pid,
    probe,
    opened,
    holdAnew,
    store: async (at, byte) => void (await probe.ask({ op: 'byte', slot: SLOT, at, store: byte })),
    load: async (at) => Number((await probe.ask({ op: 'byte', slot: SLOT, at }))['byte']),
    touch: () => probe.ask({ op: 'touch', slot: SLOT, touch: 'r', unit: UNIT }),
    mapAgain: () => probe.ask({ op: 'again', slot: SLOT }),
    end: async () => void (await probe.end()),
  }
}

/** A whole device, for reading and writing. */
export function wholeOf(device: { readonly path: string; readonly size: number }): MmapCall {
  return {
    ...{ path: device.path, offset: 0, length: device.size },
    ...{ prot: ['PROT_READ', 'PROT_WRITE'], flags: ['MAP_SHARED'] },
  }
}
