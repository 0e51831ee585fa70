/** What the contract suite runs on: a way to start a daemon over some backend. */
import type { Api } from '../support/api.ts'

const KIB = 1024
export const MIB = 1024 * KIB
export const GIB = 1024 * MIB
const GROUND_BYTES_MIN = 512 * MIB

/** A daemon under test; it and all it has made go with the test that started it. */
export interface Subject extends Api {
  readonly url: string
  readonly directory: string
  close(): Promise<void>
  restart(): Promise<Subject>
}

/** A region with room for {@link GROUND_BYTES_MIN} that nothing is in when a daemon starts. */
export interface Ground {
  readonly id: number
  readonly start: number
  /** What a namespace can have of it. */
  readonly size: number
}

/** A process that has mapped a part of a device and keeps it until it ends. */
export interface MmapUser {
  readonly pid: number
  /** Bytes from the start of its mapping. */
  read(at: number, length: number): Promise<string>
  write(at: number, text: string): Promise<void>
  /** Touches the mapping and gives the signal that it dies of. */
  dieOfTouch(): Promise<string | null>
  end(): Promise<void>
}

/** Real processes on the host of the daemon under test; they end with the test at the latest. */
export interface Users {
  /** What the kernel calls such a process. */
  readonly comm: RegExp
  /** Makes exactly the mmap call that a grant tells. */
  start(grant: {
    readonly path: string
    readonly offset: number
    readonly length: number
  }): Promise<MmapUser>
  /** Reads through a mapping of a process that ends at once; `offset` from the device's start. */
  read(path: string, length: number, offset?: number): Promise<string>
  write(path: string, text: string, offset?: number): Promise<void>
}

export interface Stage {
  /** Names the backend in the tests' titles. */
  readonly name: string
  readonly users: Users
  /** A few calls are surely answered within these milliseconds; short lives last as long. */
  readonly momentMs: number
  start(): Promise<Subject>
}

/** The first empty region of a kind, as the daemon itself tells it. */
export async function groundOf(api: Api, kind: 'dynamic' | 'static'): Promise<Ground> {
  const { items } = await api.get('/v1/regions')
  const found = items.find(
    (region: { kind: string; available_size: number }) =>
      region.kind === kind && region.available_size >= GROUND_BYTES_MIN,
  )
  if (found === undefined) throw new Error(`the stage has no empty ${kind} region`)
  const { id, start, available_size: size } = found
  return { id, start, size }
}

/** All listings there are, and the service's revision: what a refusal or dry run must not touch. */
export async function everything(api: Api): Promise<unknown> {
  const kinds = ['regions', 'namespaces', 'devices', 'handles', 'mappings', 'leases', 'claims']
  const paths = [...kinds, 'operations', 'devices?state=removed', 'devices?idle=true', 'events']
  const answers = await Promise.all(
    paths.map(async (path) => {
      const query = path.includes('?') ? '&limit=1000' : '?limit=1000'
      const headers = { accept: 'application/json' }
      return [path, await api.ok('get', `/v1/${path}${query}`, 200, { headers })]
    }),
  )
  return Object.fromEntries(answers)
}

/** Opens a device and gives the handle's id. */
export async function open(api: Api, chardev: string, holder = 'tester'): Promise<string> {
  const { id } = await api.make(`/v1/devices/${chardev}/handles`, { holder })
  return id
}

/** Calls until the answer satisfies; a time-out says what it last was. */
export async function eventually<T>(
  look: () => Promise<T>,
  satisfies: (answer: T) => boolean,
): Promise<T> {
  const deadline = performance.now() + EVENTUALLY_MS
  for (;;) {
    const answer = await look()
    if (satisfies(answer)) return answer
    if (performance.now() > deadline) {
      throw new Error(`it never came, last: ${JSON.stringify(answer)}`)
    }
    await new Promise((resolve) => setTimeout(resolve, EVENTUALLY_STEP_MS))
  }
}

const EVENTUALLY_MS = 60_000
const EVENTUALLY_STEP_MS = 20
