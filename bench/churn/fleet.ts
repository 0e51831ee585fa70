import type { Random } from '../rows/random.ts'
import { createBatchClient } from './batch-client.ts'
import type { Caller } from './caller.ts'
import { type Churn, type ChurnClient, createTally, type Tally } from './churn-client.ts'
import { createClaimClient } from './claim-client.ts'
import { createDeviceClient } from './device-client.ts'
import { createLeaseClient } from './lease-client.ts'
import { createReadingClient } from './reading-client.ts'
import {
  type Holding,
  makeDevices,
  makeNamespace,
  POOL_BYTES,
  type Scale,
  settle,
} from './setting.ts'
import { createSingleClient } from './single-client.ts'

/** How many there are of each; all share two cores with what they measure. */
const BATCH_CLIENTS = 8
const SINGLE_CLIENTS = 4
const LEASE_CLIENTS = 2
const CLAIM_CLIENTS = 2
const DEVICE_CLIENTS = 2
const READING_CLIENTS = 2
/** Of this size are the devices on which leases live and which are disabled and enabled. */
const SPECIAL_BYTES = 8 * 2 ** 30

/** All clients, and what they hold that stands. */
export interface Fleet {
  readonly clients: readonly ChurnClient[]
  readonly holdings: readonly Holding[]
  readonly tally: Tally
}

/** Makes the devices and the standing population, and the clients that will churn it. */
export async function makeFleet(
  caller: Caller,
  wanted: {
    readonly random: Random
    readonly scale: Scale
    readonly live: number
    readonly batch: number
  },
): Promise<Fleet> {
  const { random, scale, live, batch } = wanted
  const churn: Churn = { random, tally: createTally() }
  const chardevs = await makeDevices(caller, scale)
  const batchers = names('batch', BATCH_CLIENTS)
  const singles = names('single', SINGLE_CLIENTS)
  const slotsADevice = Math.ceil(live / (BATCH_CLIENTS + SINGLE_CLIENTS) / chardevs.length)
  const clients: ChurnClient[] = []
  const holdings: Holding[] = []
  for (const name of [...batchers, ...singles]) {
    const own = await settle(caller, { holder: name, chardevs, slotsADevice, random })
    holdings.push(...own)
    clients.push(
      batchers.includes(name)
        ? createBatchClient(churn, { name, holdings: own, batch })
        : createSingleClient(churn, { name, holdings: own }),
    )
  }
  clients.push(...(await makeOthers(caller, churn, holdings)))
  return { clients, holdings, tally: churn.tally }
}

async function makeOthers(
  caller: Caller,
  churn: Churn,
  holdings: readonly Holding[],
): Promise<ChurnClient[]> {
  const clients: ChurnClient[] = []
  await makeNamespace(caller, { name: 'pool', region: 0, size: POOL_BYTES, pool: true })
  for (const name of names('lease', LEASE_CLIENTS)) {
    const chardev = await makeNamespace(caller, { name, region: 1, size: SPECIAL_BYTES })
    clients.push(createLeaseClient(churn, { name, chardev }))
  }
  for (const name of names('device', DEVICE_CLIENTS)) {
    const chardev = await makeNamespace(caller, { name, region: 2, size: SPECIAL_BYTES })
    clients.push(createDeviceClient(churn, { name, chardev }))
  }
  for (const name of names('claim', CLAIM_CLIENTS)) clients.push(createClaimClient(churn, { name }))
  for (const name of names('reading', READING_CLIENTS)) {
    clients.push(createReadingClient(churn, { name, holdings }))
  }
  return clients
}

function names(kind: string, count: number): string[] {
  return Array.from({ length: count }, (_, at) => `${kind}-${at}`)
}
