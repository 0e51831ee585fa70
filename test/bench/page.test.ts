/** docs/performance.md: the benchmarks understand what the page has them do. */
import { expect, test } from 'vitest'
import { readChurnOptions } from '../../bench/churn/options.ts'
import { readOptions } from '../../bench/host/bench-options.ts'
import packageJson from '../../package.json' with { type: 'json' }
import { elsewhere } from '../docs/elsewhere.ts'

test('the options of the page are those of the benchmarks', () => {
  const page = elsewhere('docs/performance.md', import.meta.filename)
  const read = (options: string) => {
    page.take(`npm run bench -- ${options}`)
    return readOptions(options.split(' '))
  }
  expect(packageJson.scripts.bench).toBe('node bench/run.ts')
  expect(read('--write docs/performance.md')?.document).toBe('docs/performance.md')
  expect([...(read('--rows http,stall')?.groups ?? [])]).toEqual(['http', 'stall'])
  expect(read('--quick')?.isQuick).toBe(true)
  expect(read('--gate')?.isGate).toBe(true)
  const churn = (options: string) => {
    page.take(`npm run bench:churn -- ${options}`)
    return readChurnOptions(options.split(' '))
  }
  expect(packageJson.scripts['bench:churn']).toBe('node bench/churn.ts')
  expect(churn('--json .bench/churn.json')?.resultFile).toBe('.bench/churn.json')
  expect(churn('--batch 10')?.batch).toBe(10)
  expect(churn('--operations 3000000 --seed 7')).toMatchObject({ operations: 3_000_000, seed: 7 })
  expect(churn('--quick')?.operations).toBe(100_000)
  expect(page.left()).toEqual([])
})
