/**
 * deploy/slurm: the scripts against a live daxd, and by a real Slurm where slurmctld and slurmd are
 * installed (Debian's packages slurmctld, slurmd and slurm-client) and the tests are root's.
 */
import { chmodSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, expect, onTestFinished, test } from 'vitest'
import { elsewhere } from '../docs/elsewhere.ts'
import { startTestDaemon, type TestDaemon } from '../support/start-test-daemon.ts'
import { hasProgram, runProgram } from './run-program.ts'
import { startSlurm } from './slurm-cluster.ts'

const SCRIPTS = resolve(import.meta.dirname, '../../deploy/slurm')
const GIB = 2 ** 30
const JOB = '4711'

const directory = mkdtempSync(join(tmpdir(), 'daxd-slurm-'))
afterAll(() => rmSync(directory, { recursive: true, force: true }))
// Jobs of other users read in it what they got.
chmodSync(directory, 0o755)

/** Ours, in the place of Slurm's: one line as `scontrol show job --oneliner` of 22.05 prints it. */
function standIn(gres: string): string {
  const bin = mkdtempSync(join(directory, 'bin-'))
  const line = `JobId=${JOB} JobName=x TRES=cpu=1,node=1 TresPerNode=${gres} Power=`
  writeFileSync(join(bin, 'scontrol'), `#!/bin/sh\necho '${line}'\n`, { mode: 0o755 })
  const settings = join(bin, 'slurm.env')
  writeFileSync(settings, `PATH=${bin}:$PATH\n`)
  return settings
}

function run(script: string, daemon: TestDaemon, settings: string) {
  return runProgram([join(SCRIPTS, script)], {
    SLURM_JOB_ID: JOB,
    SLURM_CLUSTER_NAME: 'test',
    SLURM_JOB_UID: String(process.getuid?.()),
    SLURM_JOB_GID: String(process.getgid?.()),
    DAXD_SLURM_SETTINGS: settings,
    DAXD_SLURM_DIRECTORY: join(directory, 'run'),
    DAXD: daemon.url,
  })
}

const fine = { status: 0, stdout: '', stderr: '' }

const isRoot = process.getuid?.() === 0
const rootOnly = isRoot ? '' : ' (NOT RUN: only root gives nodes to users)'

test.skipIf(!isRoot)(
  `a job gets what it asks for, its tasks hear of it, and it goes${rootOnly}`,
  async () => {
    const daemon = await startTestDaemon()
    const settings = standIn('gres:gpu:1,gres:dax:2G')
    expect(await run('prolog.sh', daemon, settings)).toEqual(fine)
    expect(await run('prolog.sh', daemon, settings)).toEqual(fine)
    const claim = await daemon.get('/v1/claims/slurm-test-4711')
    expect(claim).toMatchObject({ length: 2 * GIB, holder: 'slurm job 4711', wipe: 'on_release' })

    const task = await run('task-prolog.sh', daemon, settings)
    expect([task.status, task.stdout.split('\n')]).toEqual([
      0,
      expect.arrayContaining([`export DAXD_PATH=${claim.path}`, `export DAXD_LENGTH=${2 * GIB}`]),
    ])

    expect(await run('epilog.sh', daemon, settings)).toEqual(fine)
    expect((await daemon.get('/v1/claims')).items).toEqual([])
    expect(await run('epilog.sh', daemon, settings)).toEqual(fine)
  },
)

test.skipIf(!isRoot)(
  `jobs take of the share that docs/slurm.md gives Slurm, and of nothing else${rootOnly}`,
  async () => {
    const { blocks } = elsewhere('docs/slurm.md', import.meta.filename)
    expect(blocks.length).toBe(1)
    const daemon = await startTestDaemon()
    const settings = standIn('gres:dax:2G')
    // The page speaks by the socket of the unit, the test by a port.
    const commands = (blocks[0]?.commands ?? '')
      .replace('--unix-socket /run/daxd/daxd.sock', '')
      .replace('http://localhost', daemon.url)
      .replace('> /etc/daxd/slurm.env', `>> '${settings}'`)
    expect(await runProgram(['bash', '--norc', '-c', commands])).toEqual(fine)
    const shareOf = async () => (await daemon.get('/v1/regions/0')).shares.slurm
    expect(await shareOf()).toEqual({ size: 8 * GIB, used: 0, available: 8 * GIB })
    expect(await run('prolog.sh', daemon, settings)).toEqual(fine)
    expect(await shareOf()).toEqual({ size: 8 * GIB, used: 2 * GIB, available: 6 * GIB })
    expect(await run('epilog.sh', daemon, settings)).toEqual(fine)
  },
)

test('a job that asks for none needs no daxd', async () => {
  const daemon = await startTestDaemon()
  const settings = standIn('gres:gpu:1')
  await daemon.close()
  for (const script of ['prolog.sh', 'task-prolog.sh', 'epilog.sh']) {
    expect([script, await run(script, daemon, settings)]).toEqual([script, fine])
  }
})

test('a job that asks for too much fails in its prolog, with daxd´s sentence, and leaves nothing', async () => {
  const daemon = await startTestDaemon()
  const settings = standIn('gres:dax:5T')
  const { status, stderr } = await run('prolog.sh', daemon, settings)
  expect([status, stderr]).toEqual([1, expect.stringMatching(/^daxd-claim: .+ \(no_region\)\n$/)])
  expect(await run('epilog.sh', daemon, settings)).toEqual(fine)
  expect(existsSync(join(directory, 'run', `${JOB}.env`))).toBe(false)
})

const programs = ['slurmctld', 'slurmd', 'srun', 'scontrol', 'sinfo']
const found = await Promise.all(programs.map(hasProgram))
const hasSlurm = isRoot && found.every(Boolean)
const unscheduled = hasSlurm ? '' : ' (NOT RUN: needs root, slurmctld, slurmd and slurm-client)'

test.skipIf(!hasSlurm)(`a real Slurm hands memory to its jobs${unscheduled}`, async () => {
  const daemon = await startTestDaemon()
  const cluster = await startSlurm({
    directory: mkdtempSync(join(directory, 'cluster-')),
    scripts: SCRIPTS,
    settings: { DAXD: daemon.url },
  })
  onTestFinished(() => cluster.stop())
  const claims = async () => (await daemon.get('/v1/claims')).items
  const script = 'echo "$DAXD_CLAIM $DAXD_LENGTH"; stat -c "%s %u" "$DAXD_PATH"'
  const uid = process.getuid?.()

  const job = await cluster.run('--gres=dax:2G', 'sh', '-c', script)
  expect(job).toEqual({
    ...fine,
    stdout: `slurm-test-1 ${2 * GIB}\n${2 * GIB} ${uid}\n`,
  })
  await expect.poll(claims, { timeout: 60_000 }).toEqual([])

  const without = await cluster.run('sh', '-c', 'echo "[$DAXD_CLAIM]"')
  expect(without).toEqual({ ...fine, stdout: '[]\n' })
  expect(await cluster.node()).toMatch(/^(?:idle|completing) none$/)
})

const hasShellcheck = await hasProgram('shellcheck')
const unread = hasShellcheck ? '' : ' (NOT RUN: there is no shellcheck)'

test.skipIf(!hasShellcheck)(`shellcheck finds nothing in the scripts${unread}`, async () => {
  const files = ['prolog.sh', 'task-prolog.sh', 'epilog.sh', 'settings.sh', '../bin/daxd-claim']
  const { status, stdout } = await runProgram([
    ...['shellcheck', '--external-sources', `--source-path=${SCRIPTS}`],
    ...files.map((name) => join(SCRIPTS, name)),
    resolve(SCRIPTS, '../../scripts/ci-image.sh'),
  ])
  expect([status, stdout]).toEqual([0, ''])
})
