import type { Caller } from './caller.ts'
import { type Churn, type ChurnClient, count } from './churn-client.ts'
import { idsOf } from './outcomes.ts'
import { drawLength, makeNamespace, openDevice, REGIONS, UNIT_BYTES, WAIT } from './setting.ts'

const PAUSE_MS = 50
const MAPPINGS = 8

/**
 * A device of its own that is disabled under its mappings and enabled again, generation after
 * generation, and a namespace beside it that comes and goes.
 */
export function createDeviceClient(
  { random, tally }: Churn,
  { name, chardev }: { readonly name: string; readonly chardev: string },
): ChurnClient {
  const device = `/v1/devices/${chardev}`

  async function post(caller: Caller, path: string, body: object, status: number): Promise<void> {
    await caller.call({ method: 'POST', path, body, headers: WAIT, expect: [status] })
    count(tally, 'device and namespace')
  }

  async function revoke(caller: Caller): Promise<void> {
    const handle = await openDevice(caller, chardev, name)
    const operations = Array.from({ length: MAPPINGS }, () => ({
      op: 'map',
      handle,
      length: drawLength(random),
    }))
    const body = { atomic: true, operations }
    const made = await caller.call({ method: 'POST', path: '/v1/batch', body, expect: [200] })
    const ids = idsOf(made)
    await post(caller, `${device}/disable`, { if_busy: 'refuse' }, 409)
    await post(caller, `${device}/disable`, { if_busy: 'revoke' }, 200)
    const dead = `/v1/mappings/${ids[0]}/translate?offset=0`
    await caller.call({ method: 'GET', path: dead, expect: [410] })
    for (const id of ids) {
      await caller.call({ method: 'DELETE', path: `/v1/mappings/${id}`, expect: [204] })
    }
    await caller.call({ method: 'DELETE', path: `/v1/handles/${handle}`, expect: [204] })
    await post(caller, `${device}/enable`, {}, 200)
    count(tally, 'device and namespace', 2 + 2 * MAPPINGS)
  }

  async function comeAndGo(caller: Caller): Promise<void> {
    const body = {
      name: `${name}-passing`,
      region: random.below(REGIONS),
      size: UNIT_BYTES * (1 + random.below(64)),
    }
    const passing = await makeNamespace(caller, body)
    await openDevice(caller, passing, name).then((handle) =>
      caller.call({ method: 'DELETE', path: `/v1/handles/${handle}`, expect: [204] }),
    )
    const path = `/v1/namespaces/${body.name}`
    await caller.call({ method: 'DELETE', path, headers: WAIT, expect: [204] })
    count(tally, 'device and namespace', 4)
  }

  return {
    name,
    pauseMs: PAUSE_MS,
    async turn(caller) {
      await revoke(caller)
      await comeAndGo(caller)
    },
    rest: async () => undefined,
  }
}
