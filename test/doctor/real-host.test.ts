import { mkdtempSync, rmSync } from 'node:fs'
import { release, tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { examineHost } from '../../src/doctor/examine-host.ts'
import { renderReport } from '../../src/doctor/render.ts'

const STATUSES = ['pass', 'warn', 'fail', 'unknown']

it.each(['emulated', 'kernel'] as const)('examines this machine for %s', async (backend) => {
  const stateDirectory = mkdtempSync(join(tmpdir(), 'daxd-doctor-test-'))
  onTestFinished(() => rmSync(stateDirectory, { recursive: true, force: true }))
  const report = await examineHost({ backend, stateDirectory })
  expect(Object.keys(report)).toEqual([
    'verdict',
    'backend',
    'kernel',
    'findings',
    'dax',
    'huge_pages',
    'memory',
    'tools',
    'privileges',
  ])
  expect(report.kernel.release).toBe(release())
  expect(report.memory.total).toBeGreaterThan(0)
  expect(report.privileges.uid).toBe(process.geteuid?.())
  expect(new Set(report.findings.map(({ id }) => id)).size).toBe(report.findings.length)
  for (const { id, status, cost, mend, detail } of report.findings) {
    expect(STATUSES, id).toContain(status)
    expect(detail, id).not.toBe('')
    expect([cost === null, mend === null], id).toEqual([status === 'pass', status === 'pass'])
  }
  expect(JSON.parse(JSON.stringify(report))).toEqual(report)
  const widths = renderReport(report, { color: false })
    .split('\n')
    .map((line) => line.length)
  expect(Math.max(...widths)).toBeLessThanOrEqual(100)
})
