/**
 * deploy/systemd. There is no systemd as the first process here, so what it would do is not shown:
 * sandboxes and device rules are only judged by systemd-analyze. The commands of the units are run
 * as they are printed, against a live daxd.
 */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { startTestDaemon } from '../support/start-test-daemon.ts'
import { hasProgram, runProgram } from './run-program.ts'
import { commandOf, readUnit, valuesIn } from './systemd-unit.ts'

const ROOT = resolve(import.meta.dirname, '../..')
const UNITS = join(ROOT, 'deploy/systemd')
const INSTANCE = { name: 'dax-consumer@db.service', instance: 'db' }
const GIB = 2 ** 30
/** As `systemd-analyze security` counts: 10 is no protection at all. */
const EXPOSURE_MAX = 3

const directory = mkdtempSync(join(tmpdir(), 'daxd-systemd-'))
afterAll(() => rmSync(directory, { recursive: true, force: true }))

const hasAnalyze = await hasProgram('systemd-analyze')
const unjudged = hasAnalyze ? '' : ' (NOT RUN: there is no systemd-analyze)'

/** The units with this checkout in the place of /opt/daxd. */
function placeUnits(): string {
  for (const name of ['daxd.service', 'daxd-metrics.service', 'dax-consumer@.service']) {
    const text = readFileSync(join(UNITS, name), 'utf8')
      .replaceAll('/opt/daxd', ROOT)
      .replaceAll('/usr/local/bin/my-program', '/bin/true')
    writeFileSync(join(directory, name), text)
  }
  return directory
}

test.skipIf(!hasAnalyze)(`systemd finds nothing wrong with the units${unjudged}`, async () => {
  const units = ['daxd.service', 'daxd-metrics.service', INSTANCE.name].map((name) =>
    join(placeUnits(), name),
  )
  const { status, stderr } = await runProgram(['systemd-analyze', 'verify', '--man=no', ...units])
  // Of the machine's own units it may have its say.
  const ours = stderr.split('\n').filter((line) => /daxd|dax-consumer/.test(line))
  expect([status, ours]).toEqual([0, []])
})

test.skipIf(!hasAnalyze)(`systemd calls daxd little exposed${unjudged}`, async () => {
  const unit = join(UNITS, 'daxd.service')
  const shown = await runProgram(['systemd-analyze', 'security', '--offline=true', unit])
  const exposure = /exposure level for daxd\.service: ([\d.]+)/.exec(shown.stdout)?.[1]
  console.log(`systemd-analyze security: ${exposure}`)
  expect(Number(exposure)).toBeLessThanOrEqual(EXPOSURE_MAX)
})

test('daxd keeps the same four capabilities by systemd as in a pod', () => {
  const unit = readUnit(join(UNITS, 'daxd.service'))
  expect(valuesIn(unit, 'CapabilityBoundingSet')).toEqual([
    'CAP_SYS_ADMIN CAP_SYS_PTRACE CAP_DAC_OVERRIDE CAP_MKNOD',
  ])
})

test('daxd is started by flags that it has, on the socket that its readiness is asked at', async () => {
  const unit = readUnit(join(UNITS, 'daxd.service'))
  const [start = ''] = valuesIn(unit, 'ExecStart')
  const [, main, command, ...flags] = start.split(/\s+/)
  const help = await runProgram(['node', join(ROOT, 'src/main.ts'), 'serve', '--help'])
  expect([main, command]).toEqual(['/opt/daxd/src/main.ts', 'serve'])
  const names = flags.map((flag) => flag.split('=')[0] ?? '')
  expect(names.filter((name) => !help.stdout.includes(`${name} <`))).toEqual([])
  expect(flags).toContain('--listen=unix:/run/daxd/daxd.sock')
  expect(valuesIn(unit, 'ExecStartPost')[0]).toContain('--unix-socket /run/daxd/daxd.sock')
})

test('a consumer takes its memory before it starts and gives it back after it ends', async () => {
  const daemon = await startTestDaemon()
  const unit = readUnit(join(placeUnits(), 'dax-consumer@.service'))
  const variables = { DAX_SIZE: '1GiB' }
  expect(valuesIn(unit, 'Environment')).toEqual(['DAX_SIZE=1GiB'])
  mkdirSync(join(directory, 'dax-consumer-db'), { recursive: true })
  const run = (key: string) => {
    const [line = ''] = valuesIn(unit, key)
    const command = commandOf(line, INSTANCE, variables)
    const placed = command.map((word) => word.replaceAll('/run/dax-', `${directory}/dax-`))
    return runProgram(placed, { DAXD: daemon.url })
  }

  expect(await run('ExecStartPre')).toEqual({ status: 0, stdout: '', stderr: '' })
  const claim = await daemon.get('/v1/claims/systemd-db')
  expect(claim).toMatchObject({ state: 'active', length: GIB, holder: INSTANCE.name })
  const memory = readFileSync(join(directory, 'dax-consumer-db/memory.env'), 'utf8')
  expect(memory.trim().split('\n')).toEqual([
    'DAXD_CLAIM=systemd-db',
    `DAXD_PATH=${claim.path}`,
    'DAXD_OFFSET=0',
    `DAXD_LENGTH=${GIB}`,
    `DAXD_ALIGN=${claim.mmap.align ?? claim.align}`,
  ])
  expect(await run('ExecStart')).toEqual({ status: 0, stdout: '', stderr: '' })

  expect(await run('ExecStopPost')).toEqual({ status: 0, stdout: '', stderr: '' })
  expect((await daemon.get('/v1/claims')).items).toEqual([])
  expect(await run('ExecStopPost')).toEqual({ status: 0, stdout: '', stderr: '' })
})

test('a consumer whose memory is refused does not start, and the journal says why', async () => {
  const daemon = await startTestDaemon()
  const [line = ''] = valuesIn(readUnit(join(UNITS, 'dax-consumer@.service')), 'ExecStartPre')
  const command = commandOf(line, INSTANCE, { DAX_SIZE: '1TiB' }).map((word) =>
    word.replaceAll('/opt/daxd', ROOT).replaceAll('/run/', `${directory}/`),
  )
  const { status, stderr } = await runProgram(command, { DAXD: daemon.url })
  expect(status).toBe(1)
  expect(stderr).toMatch(/^daxd-claim: .+ \(no_region\)\n$/)
})
