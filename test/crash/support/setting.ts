import { POOL, SHARED, UNIT } from './calls/make.ts'
import { must } from './http.ts'
import { type ClientRecord, ownFields } from './record.ts'

const SHARED_UNITS = 512
const POWER_UNITS = 64

/** Makes what all clients use; the device that they open. */
export async function createShared(url: string): Promise<string> {
  const body = { region: 0, size: SHARED_UNITS * UNIT }
  const shared = await must(url, 'POST', '/v1/namespaces', { body: { ...body, name: SHARED } })
  await must(url, 'POST', '/v1/namespaces', { body: { ...body, name: POOL, pool: true } })
  return shared.chardev
}

/** A client with a device of its own. */
export async function createClient(url: string, name: string): Promise<ClientRecord> {
  const body = { name: `${name}.power`, region: 0, size: POWER_UNITS * UNIT }
  const { chardev } = await must(url, 'POST', '/v1/namespaces', { body })
  const device = await must(url, 'GET', `/v1/devices/${chardev}`)
  return {
    name,
    there: new Map(),
    unanswered: [],
    answered: [],
    power: {
      key: `${name}-power`,
      kind: 'device',
      id: chardev,
      lease: null,
      mortal: false,
      lapsed: false,
      fields: ownFields('device', device),
    },
    violations: [],
    calls: 0,
    successes: 0,
    tally: {},
  }
}
