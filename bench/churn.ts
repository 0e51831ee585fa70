/** A day of churn: `npm run bench:churn -- --help`; docs/performance.md tells how to read it. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { type ChurnOptions, HELP, readChurnOptions } from './churn/options.ts'
import { type ChurnResult, runChurn } from './churn/run-churn.ts'
import { type ChurnVerdict, judgeChurn } from './churn/verdicts.ts'
import { createBenchDirectory } from './host/bench-directory.ts'
import { describeMachine } from './host/machine.ts'
import { optionsOrEnd } from './host/options-or-end.ts'
import { sampleColumns, verdictLine } from './report/churn-table.ts'

const EXIT_GREW = 1
const EXIT_INTERRUPTED = 130

const options = optionsOrEnd('bench:churn', HELP, readChurnOptions)
const directory = createBenchDirectory(options.parentDirectory)
process.once('SIGINT', () => process.exit(EXIT_INTERRUPTED))
process.once('SIGTERM', () => process.exit(EXIT_INTERRUPTED))
process.once('exit', () => directory.remove())
try {
  process.exitCode = await main(options)
} catch (error) {
  console.error(`bench:churn: seed ${options.seed}: ${(error as Error).message}`)
  process.exitCode = EXIT_GREW
}

async function main(wanted: ChurnOptions): Promise<number> {
  const at = new Date().toISOString()
  const machine = describeMachine(directory.path)
  const began = performance.now()
  const result = await runChurn(wanted, directory, (text) => {
    const elapsed = Math.round((performance.now() - began) / 1000)
    console.error(`${String(elapsed).padStart(5)} s  ${text}`)
  })
  const verdicts = judgeChurn(result.samples)
  if (wanted.resultFile !== null) {
    mkdirSync(dirname(wanted.resultFile), { recursive: true })
    const all = { at, machine, options: wanted, ...result, verdicts }
    writeFileSync(wanted.resultFile, `${JSON.stringify(all, null, 2)}\n`)
  }
  console.log(render(wanted, result, verdicts))
  return verdicts.some(({ verdict }) => verdict === 'grew') ? EXIT_GREW : 0
}

function render(
  { seed, live, batch }: ChurnOptions,
  { samples, kinds, events, restartMs, verified }: ChurnResult,
  verdicts: readonly ChurnVerdict[],
): string {
  const parts = Object.entries(kinds).map(([kind, operations]) => `  ${operations} ${kind}`)
  return [
    `seed ${seed}, ${live} mappings, batches of ${batch}`,
    '',
    ...sampleColumns(samples),
    '',
    'Operations:',
    ...parts,
    `Events read: ${events.events}, resumed ${events.resumed} times, begun anew ${events.begunAnew}.`,
    `The same state after a restart of ${(restartMs / 1000).toFixed(1)} s; ${verified}`,
    '',
    ...verdicts.map(verdictLine),
  ].join('\n')
}
