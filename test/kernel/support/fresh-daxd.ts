import { type Api, createApi } from '../../support/api.ts'
import type { Guest } from '../rig/guest.ts'
import { sysfsDax } from '../rig/sysfs-dax.ts'

const STATE = '/state/daxd-test'

/** A daxd on the guest's real devices, and what its start needs to be repeated. */
export interface KernelDaxd extends Api {
  readonly args: readonly string[]
  /** Namespaces are made within the call, however slow the machine is. */
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

/** Empties both regions and daxd's books, then starts it; whatever an earlier test has left. */
export async function freshDaxd(guest: Guest, more: readonly string[] = []): Promise<KernelDaxd> {
  await guest.stopDaxd()
  const dax = sysfsDax(guest)
  await dax.emptyHmem()
  await dax.emptyPmem()
  await guest.sh(`rm -rf ${STATE}`)
  return startDaxd(guest, more)
}

/** Starts daxd on the host and the books as they are. */
export async function startDaxd(guest: Guest, more: readonly string[] = []): Promise<KernelDaxd> {
  const args = ['--backend', 'kernel', '--state-dir', STATE, ...more]
  await guest.startDaxd(args)
  return kernelDaxd(guest, args)
}

/** The daxd that runs in the guest, started with these arguments. */
export function kernelDaxd(guest: Guest, args: readonly string[]): KernelDaxd {
  const api = createApi(guest.url)
  return {
    ...api,
    args,
    makeNamespace: (body) =>
      api.ok('post', '/v1/namespaces', 201, { body, headers: { prefer: 'wait=60' } }),
    async regions() {
      const { items } = await api.get('/v1/regions?limit=1000')
      const idOf = (provider: string): number =>
        items.find((region: { provider: string }) => region.provider === provider).id
      return { hmem: idOf('hmem'), pmem: idOf('pmem') }
    },
  }
}
