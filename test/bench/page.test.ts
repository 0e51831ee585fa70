/** docs/performance.md: the benchmark understands what the page has it do. */
import { expect, test } from 'vitest'
import { readOptions } from '../../bench/host/bench-options.ts'
import packageJson from '../../package.json' with { type: 'json' }
import { elsewhere } from '../docs/elsewhere.ts'

test('the options of the page are those of the benchmark', () => {
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
  expect(page.left()).toEqual([])
})
