import { expect, test } from 'vitest'
import { crashRun } from './support/crash-run.ts'

const KILLS = 6
const SEED = Number(process.env['DAXD_TEST_SEED'])
const MS_PER_KILL = 60_000

test(
  `after each of ${KILLS} kills under load (seed ${SEED}) all that was acknowledged is there, and the rest is whole or absent`,
  async () => {
    const { faults, story, figures } = await crashRun({ seed: SEED, kills: KILLS })
    const where = `again: npm run test:crash -- --kills ${KILLS} --seed ${SEED}`
    expect({ faults, story }, where).toEqual({ faults: [], story: [] })
    expect(figures.kills, where).toBe(KILLS)
  },
  KILLS * MS_PER_KILL,
)
