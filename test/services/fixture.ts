import type { Log } from '../../src/ports/log.ts'
import { createWorld, type World } from '../../src/services/world/world.ts'
import { type ManualClock, manualClock } from './manual-clock.ts'
import { type ScriptedLedger, scriptedLedger } from './world/scripted-ledger.ts'

const SILENT: Log = { debug() {}, info() {}, warn() {}, error() {} }

export interface ServiceFixture {
  readonly world: World
  readonly ledger: ScriptedLedger
  readonly clock: ManualClock
  readonly log: Log
}

/** What a single service stands on; its time is the test's. */
export async function serviceFixture(ledger = scriptedLedger()): Promise<ServiceFixture> {
  const clock = manualClock()
  const world = await createWorld({ ledger, clock, describe: (kind) => ({ kind }) })
  return { world, ledger, clock, log: SILENT }
}
