/** bench/churn.ts against a real daxd, as small as it gets. */
import { execFile } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { expect, it, onTestFinished } from 'vitest'
import { readChurnOptions } from '../../bench/churn/options.ts'
import type { Sample } from '../../bench/churn/sample.ts'

const CHURN = resolve(import.meta.dirname, '../../bench/churn.ts')
/** A second on an idle machine takes many where others are at work. */
const SLOW_MS = 120_000

async function churn(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  try {
    const { stdout, stderr } = await promisify(execFile)(process.execPath, [CHURN, ...args])
    return { code: 0, stdout, stderr }
  } catch (error) {
    return error as { code: number; stdout: string; stderr: string }
  }
}

it(
  'leaves daxd with the same objects at each sample and after a restart',
  async () => {
    const directory = mkdtempSync(join(tmpdir(), 'daxd-churn-test-'))
    onTestFinished(() => rmSync(directory, { recursive: true, force: true, maxRetries: 3 }))
    const file = join(directory, 'churn.json')
    const size = ['--operations', '6000', '--live', '2000', '--samples', '2', '--seed', '5']
    const { code, stdout, stderr } = await churn(...size, '--dir', directory, '--json', file)
    expect({ code, stderr }).toEqual({ code: 0, stderr: expect.stringContaining('sample 2 of 2') })
    const { samples, kinds, verified } = JSON.parse(readFileSync(file, 'utf8')) as {
      samples: Sample[]
      kinds: Record<string, number>
      verified: string
    }
    // 16 devices, each with 11 mappings and a handle of 12 clients; 5 namespaces beside those.
    const live = { mapping: 2112, handle: 192, lease: 0, claim: 0, namespace: 21, device: 21 }
    expect(samples.map((sample) => sample.live)).toEqual([live, live])
    expect(samples.map(({ operations }) => operations >= 3000)).toEqual([true, true])
    for (const sample of samples) {
      for (const value of Object.values(sample)) {
        if (typeof value === 'number') expect(value).toBeGreaterThan(0)
      }
    }
    expect(Object.values(kinds).reduce((sum, each) => sum + each, 0)).toBe(samples[1]?.operations)
    expect(kinds['batch atomic']).toBeGreaterThan(0)
    expect(kinds['claim']).toBeGreaterThan(0)
    expect(verified).toContain('sound')
    expect(stdout).toContain('heap in use: not judged: 0 samples after 100000 events were kept')
    expect(readdirSync(directory)).toEqual(['churn.json'])
  },
  SLOW_MS,
)

it.each([
  [['--operations', '1.5'], '--operations is a whole number from 20, not "1.5".'],
  [['--live', '10'], '--live is a whole number from 2000, not "10".'],
  [['--batch', '1001'], '--batch is at most 1000.'],
  [['--nonsense'], "Unknown option '--nonsense'"],
])('refuses %j and says why', (args, why) => {
  expect(() => readChurnOptions(args)).toThrow(why)
})

it('ends with 2 for a wrong option, and tells its own for --help', async () => {
  const wrong = await churn('--samples', '0')
  const told = 'bench:churn: --samples is a whole number from 2, not "0".\n'
  expect(wrong).toMatchObject({ code: 2, stdout: '', stderr: told })
  const { code, stdout } = await churn('--help')
  expect([code, stdout.split('\n')[0]]).toEqual([0, 'npm run bench:churn -- [options]'])
})

it('is a quick run with --quick, but for what is said beside it', () => {
  const quick = readChurnOptions(['--quick', '--seed', '3'])
  expect(quick).toEqual({
    operations: 100_000,
    batch: 100,
    live: 4_000,
    samples: 4,
    seed: 3,
    parentDirectory: tmpdir(),
    resultFile: null,
  })
  expect(readChurnOptions(['--quick', '--seed', '3', '--live', '9000'])?.live).toBe(9_000)
})
