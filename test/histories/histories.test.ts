/** Concurrent histories of a real daemon, each explained by the sequential specification. */
import { expect, test } from 'vitest'
import { randomFrom } from '../ledger/batches.ts'
import { playHistories } from './record/board.ts'
import { startQuickService } from './record/quick-service.ts'

const HISTORIES = Number(process.env['DAXD_HISTORIES'] ?? 2000)
const SEED = Number(process.env['DAXD_HISTORIES_SEED'] ?? process.env['DAXD_TEST_SEED'])
const LANES = 16
/** For thousands of histories on a slow, loaded machine. */
const TIMEOUT_MS = 600_000 + 50 * HISTORIES

test(
  'every concurrent history has an order that explains it and that the revisions tell',
  async () => {
    const url = await startQuickService()
    const random = randomFrom(SEED)
    const begin = performance.now()
    const { faults, answers, ...figures } = await playHistories(
      { url, lanes: LANES, random },
      HISTORIES,
    )
    const seconds = ((performance.now() - begin) / 1000).toFixed(1)
    console.log(
      `histories: ${JSON.stringify(figures)} in ${seconds} s, DAXD_HISTORIES_SEED=${SEED}`,
    )
    if (process.env['DAXD_HISTORIES'] !== undefined) console.log(answers)
    expect(faults.slice(0, 3).join('\n\n'), `DAXD_HISTORIES_SEED=${SEED}`).toBe('')
    expect(figures.histories).toBeGreaterThanOrEqual(HISTORIES)
  },
  TIMEOUT_MS,
)
