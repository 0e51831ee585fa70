import { type ChildProcess, spawn } from 'node:child_process'
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { freePort } from './free-port.ts'
import { type ProgramEnd, runProgram } from './run-program.ts'

const IDLE_TIMEOUT_MS = 60_000
const PAUSE_MS = 200

export interface SlurmCluster {
  /** Runs a job on the node and waits for its end. */
  run(...args: readonly string[]): Promise<ProgramEnd>
  /** What the node says of itself: its state, and why it takes no jobs. */
  node(): Promise<string>
  stop(): Promise<void>
}

export interface SlurmClusterOptions {
  readonly directory: string
  /** Where prolog.sh, task-prolog.sh and epilog.sh are. */
  readonly scripts: string
  /** What they find in their settings. */
  readonly settings: Readonly<Record<string, string>>
}

/**
 * A real Slurm of this machine alone: Debian's slurmctld and slurmd, as root, without munge.
 * @throws when its node takes no jobs.
 */
export async function startSlurm(options: SlurmClusterOptions): Promise<SlurmCluster> {
  const { directory } = options
  const file = join(directory, 'slurm.conf')
  await writeConfiguration(options, file)
  const environment = { SLURM_CONF: file }
  const daemons: ChildProcess[] = []
  const start = (program: string) => {
    const env = { PATH: process.env['PATH'], ...environment }
    daemons.push(spawn(program, ['-D', '-f', file], { stdio: 'ignore', env }))
  }
  const cluster: SlurmCluster = {
    run: (...args) => runProgram(['srun', '--quiet', '--immediate=60', ...args], environment),
    async node() {
      return (
        await runProgram(['sinfo', '--noheader', '--format=%T %E'], environment)
      ).stdout.trim()
    },
    async stop() {
      await Promise.all(daemons.map(end))
    },
  }
  start('slurmctld')
  start('slurmd')
  const until = performance.now() + IDLE_TIMEOUT_MS
  while (!(await cluster.node()).startsWith('idle')) {
    if (performance.now() < until) {
      await sleep(PAUSE_MS)
      continue
    }
    await cluster.stop()
    throw new Error(`the node of Slurm takes no jobs; see the logs in ${directory}`)
  }
  return cluster
}

async function writeConfiguration(options: SlurmClusterOptions, file: string): Promise<void> {
  const { directory, scripts, settings } = options
  const node = hostname().split('.')[0]
  const state = join(directory, 'state')
  mkdirSync(state)
  writeFileSync(join(directory, 'gres.conf'), 'Name=dax Count=16G\n')
  writeFileSync(join(directory, 'cgroup.conf'), 'CgroupPlugin=cgroup/v1\n')
  const settingsFile = join(directory, 'settings.env')
  const lines = Object.entries(settings).map(([name, value]) => `${name}=${value}\n`)
  writeFileSync(settingsFile, lines.join(''))
  const programs = ['Prolog', 'TaskProlog', 'Epilog'].map((key) => {
    const name = key === 'TaskProlog' ? 'task-prolog.sh' : `${key.toLowerCase()}.sh`
    // Slurm hands on no environment, and the site's own settings are none of a test's business.
    const places = `DAXD_SLURM_SETTINGS=${settingsFile} DAXD_SLURM_DIRECTORY=${join(directory, 'run')}`
    const path = join(directory, name)
    writeFileSync(path, `#!/bin/sh\nexport ${places}\nexec ${join(scripts, name)}\n`)
    chmodSync(path, 0o755)
    return `${key}=${path}`
  })
  const own = [
    ...['ClusterName=test', 'AuthType=auth/none', 'CredType=cred/none', 'SlurmUser=root'],
    ...[`SlurmctldHost=${node}(127.0.0.1)`, 'SlurmdUser=root', 'MpiDefault=none'],
    ...[`SlurmctldPort=${await freePort()}`, `SlurmdPort=${await freePort()}`],
    ...[`StateSaveLocation=${state}`, `SlurmdSpoolDir=${state}`],
    ...[`SlurmctldPidFile=${state}/ctld.pid`, `SlurmdPidFile=${state}/d.pid`],
    ...[`SlurmctldLogFile=${directory}/ctld.log`, `SlurmdLogFile=${directory}/d.log`],
    ...['ProctrackType=proctrack/linuxproc', 'TaskPlugin=task/none', 'SwitchType=switch/none'],
    ...['JobAcctGatherType=jobacct_gather/none', 'ReturnToService=2', 'PrologFlags=Alloc'],
    ...['SelectType=select/cons_tres', 'SelectTypeParameters=CR_Core', 'GresTypes=dax'],
    `NodeName=${node} NodeAddr=127.0.0.1 CPUs=1 Gres=dax:16G State=UNKNOWN`,
    'PartitionName=test Nodes=ALL Default=YES State=UP',
  ]
  writeFileSync(file, [...own, ...programs, ''].join('\n'))
}

function end(daemon: ChildProcess): Promise<void> {
  return new Promise((ended) => {
    if (daemon.exitCode !== null || daemon.signalCode !== null) return ended()
    daemon.once('exit', () => ended())
    daemon.kill('SIGTERM')
  })
}
