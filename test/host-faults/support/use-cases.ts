import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync } from 'node:fs'
import { expect } from 'vitest'
import { bytes } from '../../../src/core/units.ts'
import type { Answer } from '../../support/api.ts'
import type { FaultService } from './fault-service.ts'
import { WAIT } from './heal.ts'

export const UNIT = 2 * 1024 * 1024
const PATIENCE_MS = 60_000

/** Something that is done with the host's help, and what must be there before it. */
export interface UseCase {
  readonly name: string
  readonly prepare?: (service: FaultService) => Promise<unknown>
  /** Somebody else has made a device, which may be left as nobody's. */
  readonly hasStranger?: boolean
  /** Gives the answer, or null where nobody is answered. */
  readonly act: (service: FaultService) => Promise<Answer | null>
}

const create =
  (more: object = {}) =>
  (service: FaultService): Promise<Answer> =>
    service.ask('post', '/v1/namespaces', {
      body: { name: 'n', region: 0, size: 2 * UNIT, ...more },
      headers: WAIT,
    })

const claim =
  (more: object = {}) =>
  (service: FaultService): Promise<Answer> =>
    service.ask('put', '/v1/claims/c', {
      body: { size: UNIT, sharing: 'dedicated', holder: 'h', ...more },
      headers: WAIT,
    })

const remove =
  (path: string) =>
  (service: FaultService): Promise<Answer> =>
    service.ask('delete', path, { headers: WAIT })

const patch =
  (body: object) =>
  (service: FaultService): Promise<Answer> =>
    service.ask('patch', '/v1/namespaces/n', { body, headers: WAIT })

async function chardevOf(service: FaultService): Promise<string> {
  return (await service.get('/v1/namespaces/n')).chardev
}

const turn =
  (verb: 'enable' | 'disable', body: object = {}) =>
  async (service: FaultService): Promise<Answer> =>
    service.ask('post', `/v1/devices/${await chardevOf(service)}/${verb}`, { body, headers: WAIT })

async function createInUse(service: FaultService, more: object = {}): Promise<void> {
  await create(more)(service)
  const path = `/v1/devices/${await chardevOf(service)}/handles`
  const { id } = await service.make(path, { holder: 'h' })
  await service.make('/v1/mappings', { handle: id, length: UNIT })
}

async function claimSlice(service: FaultService, more: object = {}): Promise<void> {
  await create({ pool: true })(service)
  await claim({ sharing: 'slice', wipe: 'on_release', ...more })(service)
}

/** Waits until the lease of the claim is over and what follows from it has been tried. */
async function expiry(service: FaultService): Promise<null> {
  const lease = async () => (await service.get('/v1/leases')).items.length
  await expect.poll(lease, { timeout: PATIENCE_MS }).toBe(0)
  await service.services().queues.idle()
  return null
}

async function repairOf(service: FaultService, object: string, action: string): Promise<Answer> {
  return service.ask('post', '/v1/reconciliation', { body: { object, action } })
}

/** Takes the device away behind daxd's back. */
async function steal(service: FaultService): Promise<void> {
  await create()(service)
  const chardev = await chardevOf(service)
  await service.real().disable(chardev)
  await service.real().destroy(chardev)
}

/** Makes a device behind daxd's back. */
async function plant(service: FaultService): Promise<void> {
  const { start } = (await service.get('/v1/regions/0')) as { start: number }
  const extent = { start: bytes(start + 64 * UNIT), size: bytes(UNIT) }
  await service.real().create({
    region: 0,
    chardev: 'dax0.7',
    name: 'stranger',
    uuid: '11111111-1111-4111-8111-111111111111',
    align: bytes(UNIT) as never,
    memmap: 'mem',
    mode: 'devdax',
    extents: [extent],
    ranges: [{ offset: bytes(0), ...extent }],
  })
}

const restart =
  (reboot: boolean) =>
  async (service: FaultService): Promise<null> => {
    // A start that cannot look at the host is refused; it is tried again when that is mended.
    await service.restart({ reboot }).catch(async () => {
      service.host.release()
      await service.restart({ reboot: false })
    })
    return null
  }

/** The same while a process has the device open. */
const whileOpen =
  (act: UseCase['act']): UseCase['act'] =>
  async (service) => {
    const [{ path }] = (await service.get('/v1/devices')).items
    const descriptor = openSync(path, 'r')
    const holder = spawn('sleep', ['infinity'], {
      stdio: ['ignore', 'ignore', 'ignore', descriptor],
    })
    const gone = once(holder, 'exit')
    closeSync(descriptor)
    try {
      return await act(service)
    } finally {
      holder.kill('SIGKILL')
      await gone
    }
  }

const NAMESPACES: readonly UseCase[] = [
  { name: 'making a namespace', act: create() },
  { name: 'making a static namespace', act: create({ region: 1, size: 16 * 1024 * 1024 }) },
  { name: 'making a disabled namespace', act: create({ enabled: false }) },
  {
    name: 'growing a namespace',
    prepare: create({ enabled: false }),
    act: patch({ size: 4 * UNIT }),
  },
  {
    name: 'shrinking a namespace',
    prepare: create({ enabled: false }),
    act: patch({ size: UNIT }),
  },
  { name: 'deleting a namespace', prepare: create(), act: remove('/v1/namespaces/n') },
  {
    name: 'deleting a namespace that is wiped',
    prepare: create({ wipe: 'on_release' }),
    act: remove('/v1/namespaces/n'),
  },
  {
    name: 'deleting a namespace in use with revoke',
    prepare: createInUse,
    act: remove('/v1/namespaces/n?if_busy=revoke'),
  },
  {
    name: 'deleting a namespace with drain',
    prepare: create(),
    act: remove('/v1/namespaces/n?if_busy=drain'),
  },
  {
    name: 'giving back a device that nobody owns',
    hasStranger: true,
    async prepare(service) {
      await plant(service)
      await service.get('/v1/reconciliation')
    },
    act: remove('/v1/devices/dax0.7'),
  },
]

const DEVICES: readonly UseCase[] = [
  { name: 'enabling a device', prepare: create({ enabled: false }), act: turn('enable') },
  { name: 'disabling a device', prepare: create(), act: turn('disable') },
  {
    name: 'disabling a device that a process has open, which is refused',
    prepare: create(),
    act: whileOpen(turn('disable')),
  },
  {
    name: 'disabling a device with drain',
    prepare: create(),
    act: turn('disable', { if_busy: 'drain' }),
  },
  {
    name: 'disabling a device in use with revoke',
    prepare: createInUse,
    act: turn('disable', { if_busy: 'revoke' }),
  },
]

const CLAIMS: readonly UseCase[] = [
  { name: 'making a dedicated claim', act: claim({ ttl_ms: 3_600_000 }) },
  { name: 'deleting a dedicated claim', prepare: claim(), act: remove('/v1/claims/c') },
  {
    name: 'deleting a claim whose device a process has open, which is refused',
    prepare: claim(),
    act: whileOpen(remove('/v1/claims/c')),
  },
  {
    name: 'deleting a slice that is wiped',
    prepare: claimSlice,
    act: remove('/v1/claims/c'),
  },
  {
    name: 'the end of a mapping that is wiped',
    prepare: (service) => createInUse(service, { wipe: 'on_release' }),
    async act(service) {
      const [mapping] = (await service.get('/v1/mappings')).items
      const struck = service.host.struck()
      const answer = await service.ask('delete', `/v1/mappings/${mapping.id}`)
      const left = async () => (await service.get('/v1/mappings')).items.length
      const isStuck = () => service.host.struck() > struck && service.host.running() > 0
      await expect
        .poll(async () => isStuck() || (await left()) === 0, { timeout: PATIENCE_MS })
        .toBe(true)
      return answer
    },
  },
  {
    name: 'the expiry of a dedicated claim',
    async prepare(service) {
      await claim({ ttl_ms: 3_600_000 })(service)
    },
    async act(service) {
      const { lease } = await service.get('/v1/claims/c')
      await service.act(`/v1/leases/${lease}/renew`, { ttl_ms: 1 })
      return expiry(service)
    },
  },
  {
    name: 'the expiry of a slice that is wiped',
    prepare: (service) => claimSlice(service, { ttl_ms: 3_600_000 }),
    async act(service) {
      const { lease } = await service.get('/v1/claims/c')
      const { host } = service
      const struck = host.struck()
      await service.act(`/v1/leases/${lease}/renew`, { ttl_ms: 1 })
      await expiry(service)
      // The wipe takes turns of its own, the first of them after the lease is gone.
      const isTried = () => host.calls().includes('wipe') || host.struck() > struck
      await expect.poll(isTried, { timeout: PATIENCE_MS }).toBe(true)
      await service.services().queues.idle()
      return null
    },
  },
]

const BOOKS: readonly UseCase[] = [
  { name: 'a restart', prepare: create(), act: restart(false) },
  {
    name: 'a restart after a device was disabled behind daxd',
    async prepare(service) {
      await create()(service)
      await service.real().disable(await chardevOf(service))
    },
    act: restart(false),
  },
  { name: 'a reboot', prepare: create(), act: restart(true) },
  { name: 'a reboot with a claim', prepare: claim(), act: restart(true) },
  {
    name: 'the repair of a device that is gone',
    prepare: steal,
    act: (service) => repairOf(service, 'device/dax0.0', 'repair'),
  },
  {
    name: 'the forgetting of a device that is gone',
    prepare: steal,
    act: (service) => repairOf(service, 'device/dax0.0', 'forget'),
  },
  {
    name: 'the adoption of a device',
    hasStranger: true,
    prepare: plant,
    act: (service) => repairOf(service, 'device/dax0.7', 'adopt'),
  },
  {
    name: 'defining a region',
    act: (service) =>
      service.ask('post', '/v1/regions', { body: { size: 64 * UNIT, align: UNIT } }),
  },
  {
    name: 'dropping a region',
    prepare: (service) => service.make('/v1/regions', { size: 64 * UNIT, align: UNIT }),
    act: (service) => service.ask('delete', '/v1/regions/2'),
  },
]

/** Those that make what can be deleted. */
export const MAKING: readonly UseCase[] = [...NAMESPACES, ...CLAIMS].filter(
  ({ name, prepare }) => prepare === undefined && name.startsWith('making'),
)

/** Every use case that needs the host. */
export const USE_CASES: readonly UseCase[] = [...NAMESPACES, ...DEVICES, ...CLAIMS, ...BOOKS]
