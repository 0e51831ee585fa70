import { expect, it, onTestFinished, vi } from 'vitest'
import { type DoctorCommand, runDoctor } from '../../src/cli/doctor.ts'
import { type ExamineOptions, examineHost } from '../../src/doctor/examine-host.ts'
import type { HostReport, Verdict } from '../../src/doctor/host-report.ts'
import { renderReport } from '../../src/doctor/render.ts'
import { fakeRoot, SOUND_HOST } from '../doctor/fake-host.ts'

interface Run {
  readonly code: number
  readonly printed: string
  readonly asked: readonly ExamineOptions[]
}

async function doctor(report: HostReport, command: Partial<DoctorCommand> = {}): Promise<Run> {
  const printed: string[] = []
  const asked: ExamineOptions[] = []
  const code = await runDoctor({
    json: false,
    backend: 'emulated',
    stateDirectory: '/var/lib/daxd',
    stdout: { write: (text) => printed.push(text) },
    examine: async (options) => {
      asked.push(options)
      return report
    },
    ...command,
  })
  return { code, printed: printed.join(''), asked }
}

const report = (): Promise<HostReport> => examineHost({ root: fakeRoot(SOUND_HOST) })

it.each<[Verdict, number]>([
  ['pass', 0],
  ['warn', 1],
  ['fail', 2],
])('ends a verdict of %s with exit code %i', async (verdict, code) => {
  expect((await doctor({ ...(await report()), verdict })).code).toBe(code)
})

it('prints a table without colours when stdout is not a terminal', async () => {
  const host = await report()
  expect((await doctor(host)).printed).toBe(renderReport(host, { color: false }))
})

it.each([
  ['colours', '', true],
  ['no colours when NO_COLOR is set', '1', false],
])('prints %s on a terminal', async (_, noColor, color) => {
  vi.stubEnv('NO_COLOR', noColor)
  onTestFinished(() => void vi.unstubAllEnvs())
  const host = await report()
  const printed: string[] = []
  await doctor(host, { stdout: { isTTY: true, write: (text) => printed.push(text) } })
  expect(printed.join('')).toBe(renderReport(host, { color }))
})

it('prints the report itself as JSON', async () => {
  const host = await report()
  expect(JSON.parse((await doctor(host, { json: true })).printed)).toEqual(host)
})

it('examines for the backend and the state directory that were chosen', async () => {
  const { asked } = await doctor(await report(), { backend: 'kernel' })
  expect(asked).toEqual([{ backend: 'kernel', stateDirectory: '/var/lib/daxd' }])
})
