import { onTestFinished } from 'vitest'
import type { MmapUser, Users } from '../../contract/stage.ts'
import { bits, PROT_BITS } from '../mmap-names.ts'
import type { Guest, Probe } from '../rig/guest.ts'

const SLOT = 1
/** The coarsest page of the guest's devices, which every mapping begins and ends on. */
const UNIT = 2 * 2 ** 20
const PROT = bits(PROT_BITS, ['PROT_READ', 'PROT_WRITE'])

type Window = Parameters<Users['start']>[0]

/** Processes in the guest, as the contract suite wants them. */
export function kernelUsers(guest: Guest): Users {
  async function once<T>(path: string, at: number, use: (probe: Probe, at: number) => Promise<T>) {
    const offset = at - (at % UNIT)
    const probe = await mapped(guest, { path, offset, length: UNIT })
    try {
      return await use(probe, at - offset)
    } finally {
      await probe.end()
    }
  }
  return {
    comm: /^probe$/,
    start: (grant) => startUser(guest, grant),
    read: (path, length, offset = 0) =>
      once(path, offset, (probe, at) => readText(probe, at, length)),
    write: (path, text, offset = 0) =>
      once(path, offset, (probe, at) => writeText(probe, at, text)),
  }
}

async function startUser(guest: Guest, grant: Window): Promise<MmapUser> {
  const probe = await mapped(guest, grant)
  let ended: Promise<number | string | null> | null = null
  const end = () => {
    ended ??= probe.end()
    return ended
  }
  onTestFinished(async () => void (await end()))
  return {
    pid: probe.pid,
    read: (at, length) => readText(probe, at, length),
    write: (at, text) => writeText(probe, at, text),
    async dieOfTouch() {
      const survived = await probe.ask({ op: 'die', slot: SLOT, at: 0 }).then(
        () => true,
        () => false,
      )
      const how = await end()
      return survived || typeof how !== 'string' ? null : how
    },
    end: async () => void (await end()),
  }
}

async function mapped(guest: Guest, { path, offset, length }: Window): Promise<Probe> {
  const probe = await guest.openProbe()
  const reply = await probe.ask({ op: 'hold', slot: SLOT, path, offset, length, prot: PROT })
  if (reply['mmap'] === 0) return probe
  await probe.end()
  throw new Error(`the process could not map the device: ${JSON.stringify(reply)}`)
}

async function readText(probe: Probe, at: number, length: number): Promise<string> {
  const asked = Array.from({ length }, (_, k) => ({ op: 'byte', slot: SLOT, at: at + k }))
  const replies = await probe.askAll(asked)
  return String.fromCharCode(...replies.map((reply) => Number(reply['byte'])))
}

async function writeText(probe: Probe, at: number, text: string): Promise<void> {
  const bytes = [...Buffer.from(text)]
  await probe.askAll(bytes.map((store, k) => ({ op: 'byte', slot: SLOT, at: at + k, store })))
}
