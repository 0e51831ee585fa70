/**
 * Concurrent histories of the service, each explained by the sequential specification.
 * DAXD_HISTORIES=20000 plays that many, DAXD_HISTORIES_SEED=n makes the same choices again.
 */
import { expect, test } from 'vitest'
import { randomFrom } from '../ledger/batches.ts'
import { playHistories } from './record/board.ts'
import { startQuickService } from './record/quick-service.ts'

const ASKED = process.env['DAXD_HISTORIES']
const HISTORIES = Number(ASKED ?? 3000)
const SEED = Number(process.env['DAXD_HISTORIES_SEED'] ?? process.env['DAXD_TEST_SEED'])
const LANES = 16
/** What an ordinary run may take on a machine that has much else to do. */
const BUDGET_MS = 35_000
const TIMEOUT_MS = 600_000 + 200 * HISTORIES

test(
  'every concurrent history has an order that explains it and that the revisions tell',
  async () => {
    const options = { url: await startQuickService(), lanes: LANES, random: randomFrom(SEED) }
    const budget = ASKED === undefined ? { budgetMs: BUDGET_MS } : {}
    const begin = performance.now()
    const played = await playHistories({ ...options, ...budget }, HISTORIES)
    const { faults, answers, ...figures } = played
    const seconds = ((performance.now() - begin) / 1000).toFixed(1)
    const how = `DAXD_HISTORIES_SEED=${SEED}`
    console.log(`${JSON.stringify(figures)} in ${seconds} s, ${how}`)
    if (ASKED !== undefined) console.log(answers)
    expect(faults.slice(0, 3).join('\n\n'), how).toBe('')
    expect(figures.histories).toBeGreaterThanOrEqual(LANES)
  },
  TIMEOUT_MS,
)
