/** Histories that a SIGKILL of the daemon's own process runs through. */
import { expect, test } from 'vitest'
import { type RunningDaemon, startDaemon, stateDirectory } from '../crash/support/daemon.ts'
import { randomFrom } from '../ledger/batches.ts'
import { judge } from './record/judge.ts'
import { CLIENTS, createLane, type LaneOperation } from './record/lane.ts'
import { createWire } from './record/wire.ts'

const KILLS = Number(process.env['DAXD_HISTORIES_KILLS'] ?? 3)
const SEED = Number(process.env['DAXD_HISTORIES_SEED'] ?? process.env['DAXD_TEST_SEED'])
const LANES = 6
/** Within the time that the calls of a history take. */
const KILL_AFTER_MAX_MS = 400
const TIMEOUT_MS = 120_000 + 60_000 * KILLS
/** Above the ids of the clients' operations. */
const RESTART_ID = 1000

test(
  'histories through a kill -9 are explained: what was shown stays, what was answered was done',
  async () => {
    const random = randomFrom(SEED)
    const directory = stateDirectory()
    let daemon: Promise<RunningDaemon> = startDaemon(directory)
    const url = async (): Promise<string> => (await daemon).url
    const lanes = await Promise.all(
      Array.from({ length: LANES }, (_, at) => {
        const wires = Array.from({ length: CLIENTS }, () => createWire(url))
        return createLane({ wires, aside: createWire(url), name: `n${at}`, random })
      }),
    )
    let unknown = 0
    for (let kill = 0; kill < KILLS; kill += 1) {
      const initials = await Promise.all(lanes.map((lane) => lane.begin()))
      const playing = Promise.all(lanes.map((lane) => lane.record(kill)))
      await new Promise((resolve) => setTimeout(resolve, random() * KILL_AFTER_MAX_MS))
      const old = await daemon
      const begin = performance.now()
      daemon = old.end('SIGKILL').then(() => startDaemon(directory))
      await daemon
      const restart: LaneOperation = {
        id: RESTART_ID,
        client: CLIENTS,
        call: { type: 'restart' },
        begin,
        end: performance.now(),
        answer: {},
      }
      for (const [at, recorded] of (await playing).entries()) {
        const operations = recorded.map(({ operation }) => operation)
        unknown += operations.filter(({ answer }) => answer === null).length
        const { fault } = judge(initials[at]!, [...operations, restart])
        expect(fault, `DAXD_HISTORIES_SEED=${SEED}, kill ${kill}`).toBe(null)
      }
      await Promise.all(lanes.map((lane) => lane.clear()))
    }
    for (const lane of lanes) lane.close()
    console.log(`${KILLS * LANES} histories through ${KILLS} kills, ${unknown} calls unanswered`)
    expect(unknown).toBeGreaterThan(0)
  },
  TIMEOUT_MS,
)
