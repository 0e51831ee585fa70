import { existsSync, readFileSync } from 'node:fs'
import { notRun } from '../report/targets.ts'
import type { BenchRun, Found } from './bench-run.ts'

const FIGURES = /^medians: http ([\d.]+) ms, backend ([\d.]+) ms, daxctl ([\d.]+) ms$/m

/**
 * Runs the group `kernel`: reads what bench/kernel-cycle.ts has printed on a host with a real
 * dax bus. This machine may have none, so a missing result is told with the way to get one.
 */
export function readKernelRows({ kernelCycleFile }: BenchRun): Found {
  if (!existsSync(kernelCycleFile)) {
    const note = `no ${kernelCycleFile}: run \`npm run bench:kernel\` (test/kernel/README.md)`
    return { findings: notRun(['kernel'], note) }
  }
  const figures = parseKernelCycle(readFileSync(kernelCycleFile, 'utf8'))
  if (figures === null) throw new Error(`${kernelCycleFile} holds no result of kernel-cycle.ts`)
  const { http, backend, daxctl } = figures
  const toDaxctl = (ms: number) => ({
    value: ms / daxctl,
    note: `${ms} ms / ${daxctl} ms, read from ${kernelCycleFile}`,
  })
  return {
    findings: [
      { id: 'kernelCycle', ...toDaxctl(backend) },
      { id: 'kernelCycleHttp', ...toDaxctl(http) },
    ],
  }
}

/** The medians, milliseconds; null when the text tells none. */
export function parseKernelCycle(
  text: string,
): { readonly http: number; readonly backend: number; readonly daxctl: number } | null {
  const found = FIGURES.exec(text)
  if (found === null) return null
  const [http = Number.NaN, backend = Number.NaN, daxctl = Number.NaN] = found.slice(1).map(Number)
  return { http, backend, daxctl }
}
