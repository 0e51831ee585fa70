import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import type { DeviceNodes } from '../../../src/backends/kernel/device-nodes.ts'
import {
  createKernelBackend,
  type KernelBackendOptions,
} from '../../../src/backends/kernel/kernel-backend.ts'
import { createOpenCounts } from '../../../src/backends/kernel/open-counts.ts'
import type { RunCommand } from '../../../src/backends/kernel/run-command.ts'
import { rangesOf } from '../../../src/core/device-range.ts'
import { DaxError } from '../../../src/core/errors.ts'
import { type Align, bytes, GIB, MIB } from '../../../src/core/units.ts'
import type { Backend, DevicePlan } from '../../../src/ports/backend.ts'
import type { ProcessUse } from '../../../src/procfs/process-use.ts'
import { createFakeKernel, type FakeKernel, type FakeKernelOptions } from './fake-kernel.ts'

const START = GIB
const SIZE = 512 * MIB
const ALIGN = (2 * MIB) as Align

/** Nodes as sets of names; `openErrnos` are what the next opens answer. */
export interface FakeNodes extends DeviceNodes {
  readonly away: Set<string>
  readonly standIns: Set<string>
  readonly openErrnos: string[]
}

export function createFakeNodes(): FakeNodes {
  const away = new Set<string>()
  const marks = new Set<string>()
  const standIns = new Set<string>()
  const openErrnos: string[] = []
  return {
    away,
    openErrnos,
    standIns,
    hide: async ({ chardev }) => {
      away.add(chardev)
      standIns.delete(chardev)
    },
    standIn: async ({ chardev }) => void standIns.add(chardev),
    show: async ({ chardev }) => {
      away.delete(chardev)
      standIns.delete(chardev)
    },
    forget: async (chardev) => {
      standIns.delete(chardev)
      away.delete(chardev)
      marks.delete(chardev)
    },
    hidden: async () => [...away],
    hasStandIn: async (chardev) => standIns.has(chardev),
    pathOf: async ({ chardev }) =>
      away.has(chardev) && !standIns.has(chardev) ? `/hidden/${chardev}` : `/dev/${chardev}`,
    tryOpen: async () => openErrnos.shift() ?? null,
    markSystemRam: async (chardev, on) => void (on ? marks.add(chardev) : marks.delete(chardev)),
    isForSystemRam: async (chardev) => marks.has(chardev),
  }
}

export interface Host {
  readonly backend: Backend
  readonly kernel: FakeKernel
  readonly nodes: FakeNodes
  /** Who holds what, by `major:minor`. */
  readonly holders: Map<string, ProcessUse[]>
  /** How often the processes were looked at. */
  readonly looks: { count: number }
  /** The commands that were run, and what they shall answer. */
  readonly commands: string[]
  /** Another daxd on the same host, which knows only what the host keeps. */
  restart(): Promise<Backend>
}

const noLog = { debug() {}, info() {}, warn() {}, error() {} }

export async function newDirectory(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'daxd-kernel-'))
  onTestFinished(() => rm(directory, { recursive: true, force: true }))
  return directory
}

/** A host with the empty dynamic region 0 of 512 MiB at 1 GiB. */
export async function newHost(
  options: Partial<FakeKernelOptions> & Partial<KernelBackendOptions> = {},
): Promise<Host> {
  const kernel = await createFakeKernel(await newDirectory(), {
    start: START,
    size: SIZE,
    ...options,
  })
  const nodes = createFakeNodes()
  const holders = new Map<string, ProcessUse[]>()
  const looks = { count: 0 }
  const commands: string[] = []
  const run: RunCommand = async (command, args) => {
    commands.push([command, ...args].join(' '))
    return { kind: 'done', stdout: '' }
  }
  const { sysRoot, procRoot, write } = kernel
  const devRoot = await newDirectory()
  const settings: KernelBackendOptions = {
    sysRoot,
    procRoot,
    devRoot: '/dev',
    write,
    nodes,
    run,
    log: noLog,
    observer: {
      async find(files) {
        looks.count += 1
        const found = new Map<string, readonly ProcessUse[]>()
        for (const file of files) {
          const users = holders.get(file.key) ?? []
          if (users.length > 0) found.set(file.key, users)
        }
        return { found, complete: true }
      },
    },
    ...options,
    timeouts: { appearMs: 50, ...options.timeouts },
  }
  const restart = () => {
    const openCounts = createOpenCounts({ sysRoot, procRoot, devRoot })
    return createKernelBackend({ openCounts, ...settings })
  }
  return { backend: await restart(), kernel, nodes, holders, looks, commands, restart }
}

/** A process that has descriptor 3 open. */
export function holder(pid: number): ProcessUse {
  const identity = { cgroup: null, container_id: null, pod_uid: null }
  return { pid, comm: 'holder', ...identity, fds: [3], mapped: [], inodes: [50] }
}

/** A plan whose places are given as [offset in the region, size], in MiB. */
export function plan(
  places: readonly (readonly [number, number])[],
  changes: Partial<DevicePlan> = {},
): DevicePlan {
  const extents = places.map(([offset, size]) => {
    return { start: bytes(START + offset * MIB), size: bytes(size * MIB) }
  })
  return {
    region: 0,
    chardev: 'dax0.0',
    name: 'one',
    uuid: '11111111-1111-4111-8111-111111111111',
    align: ALIGN,
    memmap: 'mem',
    mode: 'devdax',
    extents,
    ranges: rangesOf(extents),
    ...changes,
  }
}

/** The code of the DaxError that the call is refused with. */
export async function refusal(call: Promise<unknown>): Promise<string> {
  try {
    await call
  } catch (error) {
    if (error instanceof DaxError) return error.code
    throw error
  }
  return 'no refusal'
}
