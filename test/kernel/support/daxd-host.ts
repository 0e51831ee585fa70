import { type Api, createApi } from '../../support/api.ts'
import { NODE_FLAGS } from '../guest/node-flags.ts'
import { createAgentLink } from '../rig/agent-link.ts'
import type { Guest, GuestAddress } from '../rig/guest.ts'
import { ownGuest } from './own-guest.ts'
import { patientApi } from './patient-api.ts'

export const STATE_DIRECTORY = '/state/daxd-test'
/** Its last words and how it ended go to a file, which is shown when it ends untimely. */
const LAST_WORDS = '/tmp/daxd-host.err'
const HOST_COMMAND = `node ${NODE_FLAGS.join(' ')} /app/test/kernel/guest/daxd-host.ts`
/** Node itself crashes now and then in an emulated machine, mostly while it loads code. */
const SIGSEGV_CODE = 139
const HOST_ONCE = `${HOST_COMMAND}; code=$?; echo "exit code $code" >&2; test $code = ${SIGSEGV_CODE}`
const HOST = ['sh', '-c', `{ ${HOST_ONCE} && { ${HOST_ONCE}; }; } 2> ${LAST_WORDS}`]
const START_TIMEOUT_MS = 240_000

/** A daxd on the guest's real devices; its calls end in themselves, however slow the machine is. */
export interface KernelDaxd extends Api {
  makeNamespace(body: object): Promise<Namespace>
  /** The ids of the hmem and of the NVDIMM region. */
  regions(): Promise<{ readonly hmem: number; readonly pmem: number }>
  close(): void
}

export interface Namespace {
  readonly name: string
  readonly chardev: string
  readonly uuid: string
  readonly revision: number
}

/** Starts and ends daemons on the guest's real devices, within a process that has loaded daxd. */
export interface DaxdHost {
  /** Empties both regions and daxd's books, then starts it; whatever an earlier test has left. */
  fresh(flags?: readonly string[]): Promise<KernelDaxd>
  /** Ends the one that runs and starts one on the host and the books as they are. */
  start(flags?: readonly string[]): Promise<KernelDaxd>
  stop(): Promise<void>
  /** Stops it, and leaves the process to the guest's next file. */
  end(): Promise<void>
}

export async function openDaxdHost(
  guest: Guest,
  address: GuestAddress = ownGuest(),
): Promise<DaxdHost> {
  await guest.stopDaxd()
  const link = createAgentLink(address.agentPort)
  // One process serves all files of a guest: each would take a quarter of a minute to load daxd.
  const fields = { name: 'daxd-host', argv: HOST }
  const { session } = await link.ask<{ session: number }>('resume', fields, START_TIMEOUT_MS)

  async function order(what: object): Promise<void> {
    const fields = {
      session,
      input: [JSON.stringify({ ...what, directory: STATE_DIRECTORY })],
      timeout_ms: START_TIMEOUT_MS,
    }
    const { lines } = await link
      .ask<{ lines: string[] }>('converse', fields, START_TIMEOUT_MS)
      .catch(async (cause: unknown) => {
        const said = await guest.sh(`tail -n 20 ${LAST_WORDS} /tmp/daxd-host.log 2>&1; true`)
        throw new Error(`daxd in the guest: ${cause}\n${said}`, { cause })
      })
    const { error } = JSON.parse(lines[0] ?? '{}') as { error?: string }
    if (error !== undefined) throw new Error(`daxd in the guest: ${error}`)
  }

  async function start(flags: readonly string[] = [], clear = false): Promise<KernelDaxd> {
    await order({ clear, start: ['--backend', 'kernel', ...flags] })
    return kernelDaxd(guest.url)
  }

  return {
    start: (flags) => start(flags),
    stop: () => order({ stop: true }),
    fresh: (flags) => start(flags, true),
    async end() {
      await order({ stop: true })
      link.close()
    },
  }
}

/** The daxd that listens in the guest. */
export function kernelDaxd(url: string): KernelDaxd {
  const { close, ...hasty } = createApi(url)
  const api = patientApi(hasty)
  return {
    ...api,
    close,
    makeNamespace: (body) => api.make('/v1/namespaces', body),
    async regions() {
      const { items } = await api.get('/v1/regions?limit=1000')
      const idOf = (provider: string): number =>
        items.find((region: { provider: string }) => region.provider === provider).id
      return { hmem: idOf('hmem'), pmem: idOf('pmem') }
    },
  }
}
