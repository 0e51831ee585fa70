import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { randomFrom } from '../ledger/batches.ts'
import { compare, faultsOf, look, replayFaults } from './support/audit.ts'
import { live, POOL, type Random, SHARED, UNIT } from './support/client.ts'
import { startDaemon, stateDirectory } from './support/daemon.ts'
import { call, must } from './support/http.ts'
import { type ClientRecord, note } from './support/record.ts'

const KILLS = Number(process.env['DAXD_CRASH_KILLS'] ?? 6)
const SEED = Number(process.env['DAXD_TEST_SEED'])
const CLIENTS = 6
const LIFE_MIN_MS = 50
const LIFE_SPREAD_MS = 700
const REPLAYS_MAX = 60
const MS_PER_KILL = 15_000

async function createShared(url: string): Promise<string> {
  const size = 512 * UNIT
  const body = { region: 0, size }
  const shared = await must(url, 'POST', '/v1/namespaces', { body: { ...body, name: SHARED } })
  await must(url, 'POST', '/v1/namespaces', { body: { ...body, name: POOL, pool: true } })
  return shared.chardev
}

async function createClient(url: string, name: string): Promise<ClientRecord> {
  const body = { name: `${name}.power`, region: 0, size: UNIT }
  const { chardev } = await must(url, 'POST', '/v1/namespaces', { body })
  const { generation } = await must(url, 'GET', `/v1/devices/${chardev}`)
  return {
    name,
    there: new Map(),
    unanswered: [],
    answered: [],
    power: { chardev, on: true, generation },
    violations: [],
    calls: 0,
  }
}

/**
 * Half of the POSTs without an answer are sent again with their keys, as a client would: what had
 * happened is told, what had not happens now, and nothing happens twice.
 */
async function sendAgain(url: string, clients: readonly ClientRecord[], random: Random) {
  for (const record of clients) {
    const [last] = record.unanswered
    if (last?.method !== 'POST' || last.turns !== undefined || random() < 0.5) continue
    record.unanswered = []
    note(record, last, await call(url, last.method, last.path, last.options))
  }
}

/** The newest answers are the ones that a crash could have taken. */
function recent(clients: readonly ClientRecord[]): ClientRecord['answered'] {
  return clients.flatMap(({ answered }) => answered.slice(-REPLAYS_MAX / CLIENTS))
}

test(
  `after each of ${KILLS} kills under load (DAXD_TEST_SEED=${SEED}) all that was acknowledged is there, and the rest is whole or absent`,
  async () => {
    const random: Random = randomFrom(SEED)
    const directory = stateDirectory()
    let daemon = await startDaemon(directory)
    const shared = await createShared(daemon.url)
    const clients: ClientRecord[] = []
    for (let at = 0; at < CLIENTS; at += 1) clients.push(await createClient(daemon.url, `c${at}`))

    for (let kill = 0; kill < KILLS; kill += 1) {
      const lives = clients.map((record, at) =>
        live(daemon.url, record, randomFrom(SEED + kill * CLIENTS + at + 1), shared),
      )
      await sleep(LIFE_MIN_MS + random() * LIFE_SPREAD_MS)
      await daemon.end('SIGKILL')
      await Promise.all(lives)
      daemon = await startDaemon(directory)

      await sendAgain(daemon.url, clients, random)

      const where = `kill ${kill} of seed ${SEED}`
      const shown = await look(daemon.url)
      const { items: differences } = await must(daemon.url, 'GET', '/v1/reconciliation')
      expect(
        {
          state: faultsOf(shown),
          books: compare(clients, shown),
          answers: clients.flatMap(({ violations }) => violations),
          replays: await replayFaults(daemon.url, recent(clients)),
          differences,
          errors: daemon.log.filter(({ level }) => level >= 50),
        },
        where,
      ).toEqual({ state: [], books: [], answers: [], replays: [], differences: [], errors: [] })
    }
    const calls = clients.reduce((sum, record) => sum + record.calls, 0)
    // A crash of an idle daemon would prove nothing.
    expect(calls, `calls of seed ${SEED}`).toBeGreaterThan(KILLS * CLIENTS)
  },
  KILLS * MS_PER_KILL,
)
