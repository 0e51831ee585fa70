/** The benchmark of daxd: `npm run bench -- --help`; docs/performance.md tells how to read it. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { createBenchDirectory } from './host/bench-directory.ts'
import { type BenchOptions, HELP, readOptions } from './host/bench-options.ts'
import { describeMachine } from './host/machine.ts'
import { optionsOrEnd } from './host/options-or-end.ts'
import { startLoadProcess } from './load/load-process.ts'
import { missed, type Results, renderMarkdown, renderText } from './report/results.ts'
import { type Group, notRun } from './report/targets.ts'
import { writeBetween } from './report/write-between.ts'
import type { BenchRun, Found } from './rows/bench-run.ts'
import { runHttpRows } from './rows/http.ts'
import { readKernelRows } from './rows/kernel-cycle-result.ts'
import { runPlacementRows } from './rows/placement.ts'
import { runScaleRows } from './rows/scale.ts'

const WARM_UP_SHARE = 0.3
const EXIT_MISSED = 1
const EXIT_INTERRUPTED = 130

/** In the order in which they run; what shares servers or rounds is one step. */
const STEPS: readonly {
  groups: readonly Group[]
  run: (run: BenchRun) => Promise<Found> | Found
}[] = [
  { groups: ['placement'], run: runPlacementRows },
  { groups: ['http', 'stall', 'postgres'], run: runHttpRows },
  { groups: ['scale'], run: runScaleRows },
  { groups: ['kernel'], run: readKernelRows },
]

const options = optionsOrEnd('bench', HELP, readOptions)
const directory = createBenchDirectory(options.parentDirectory)
process.once('SIGINT', () => process.exit(EXIT_INTERRUPTED))
process.once('exit', () => directory.remove())
const results = await runAll(options)
mkdirSync(dirname(options.resultFile), { recursive: true })
writeFileSync(options.resultFile, `${JSON.stringify(results, null, 2)}\n`)
console.log(`\n${renderText(results)}\n\nAll figures: ${options.resultFile}`)
if (options.document !== null) {
  const document = readFileSync(options.document, 'utf8')
  writeFileSync(options.document, writeBetween(document, renderMarkdown(results)))
}
if (options.isGate && missed(results.findings).length > 0) process.exitCode = EXIT_MISSED

async function runAll(wanted: BenchOptions): Promise<Results> {
  const { groups, rounds, seconds, live, connections, kernelCycleFile } = wanted
  const at = new Date().toISOString()
  const machine = describeMachine(directory.path)
  const load = startLoadProcess()
  const began = performance.now()
  const measureMs = seconds * 1000
  const run: BenchRun = {
    groups,
    rounds,
    window: { connections, warmUpMs: measureMs * WARM_UP_SHARE, measureMs },
    live,
    kernelCycleFile,
    directory,
    load,
    progress(text) {
      const elapsed = Math.round((performance.now() - began) / 1000)
      console.error(`${String(elapsed).padStart(4)} s  ${text}`)
    },
  }
  try {
    const found: Found[] = []
    for (const step of STEPS) {
      const wantedGroups = step.groups.filter((group) => groups.has(group))
      if (wantedGroups.length > 0) found.push(await runStep(step.run, wantedGroups, run))
    }
    return { at, machine, rounds, seconds, connections, ...merged(found) }
  } finally {
    load.stop()
  }
}

/** A step that fails costs its own rows, not the minutes of all the others. */
async function runStep(
  step: (run: BenchRun) => Promise<Found> | Found,
  groups: readonly Group[],
  run: BenchRun,
): Promise<Found> {
  try {
    return await step(run)
  } catch (error) {
    process.exitCode = EXIT_MISSED
    const note = `failed: ${(error as Error).message}`
    run.progress(note)
    return { findings: notRun(groups, note) }
  }
}

function merged(found: readonly Found[]): Required<Found> {
  return {
    findings: found.flatMap(({ findings }) => findings),
    samples: Object.assign({}, ...found.map(({ samples }) => samples)),
    remarks: found.flatMap(({ remarks = [] }) => remarks),
  }
}
