import { existsSync, readFileSync } from 'node:fs'
import { notRun } from '../report/targets.ts'
import type { BenchRun, Found } from './bench-run.ts'

/** A number after `daxd`, and one after `daxctl`: JSON or the printed sentence alike. */
const FIGURES = /\bdaxd(?:_ms)?["': ]+([\d.]+)[\s\S]*?\bdaxctl(?:_ms)?["': ]+([\d.]+)/

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
  const { daxd, daxctl } = figures
  const note = `${daxd} ms / ${daxctl} ms, read from ${kernelCycleFile}`
  return { findings: [{ id: 'kernelCycle', value: daxd / daxctl, note }] }
}

/** The two medians, milliseconds; null when the text tells none. */
export function parseKernelCycle(text: string): { daxd: number; daxctl: number } | null {
  const [, daxd, daxctl] = FIGURES.exec(text) ?? []
  return daxd === undefined || daxctl === undefined
    ? null
    : { daxd: Number(daxd), daxctl: Number(daxctl) }
}
