import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import {
  createEmulatedBackend,
  type EmulatedBackendOptions,
} from '../../../src/backends/emulated/emulated-backend.ts'
import { rangesOf } from '../../../src/core/device-range.ts'
import { DaxError, type ErrorCode } from '../../../src/core/errors.ts'
import type { RegionNature } from '../../../src/core/model.ts'
import { type Align, bytes, GIB, MIB } from '../../../src/core/units.ts'
import type { Backend, DevicePlan, DeviceShape } from '../../../src/ports/backend.ts'
import { createProcessObserver } from '../../../src/procfs/observer.ts'

export const ALIGN = (2 * MIB) as Align
export const SIZE = 2 * MIB
export const BOOT = 'boot-1'

/** A whole backend: the optional calls are there on an emulated host. */
export type EmulatedBackend = Required<Backend>

const observer = createProcessObserver({})

export async function newDirectory(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'daxd-emulated-'))
  onTestFinished(() => rm(directory, { recursive: true, force: true }))
  return directory
}

export async function openHost(
  directory: string,
  options: Partial<EmulatedBackendOptions> = {},
): Promise<EmulatedBackend> {
  const backend = await createEmulatedBackend({ directory, bootId: BOOT, observer, ...options })
  return backend as EmulatedBackend
}

/** A host with region 0 (dynamic, volatile, 1 GiB at 4 GiB) and 1 (static, persistent). */
export async function newHost(
  options: Partial<EmulatedBackendOptions> = {},
): Promise<{ directory: string; backend: EmulatedBackend }> {
  const directory = await newDirectory()
  const backend = await openHost(directory, options)
  await backend.defineRegion(region(0))
  await backend.defineRegion(region(1))
  return { directory, backend }
}

export function region(id: number, changes: Partial<RegionNature> = {}): RegionNature {
  const dynamic = id === 0
  return {
    id,
    provider: 'emulated',
    path: `/platform/emulated.${id}`,
    kind: dynamic ? 'dynamic' : 'static',
    start: bytes((4 + 2 * id) * GIB),
    size: bytes(GIB),
    align: ALIGN,
    granularity: bytes(2 * MIB),
    supported_aligns: [ALIGN],
    memmap: dynamic ? 'mem' : 'dev',
    media: { persistence: dynamic ? 'volatile' : 'persistent', type: dynamic ? 'dram' : 'pmem' },
    numa_node: 0,
    target_node: 7 + id,
    reserved: [],
    ...changes,
  }
}

/** A shape of one extent at `unit` * 2 MiB into a region. */
export function shape(id: number, unit: number, units = 1): DeviceShape {
  const start = bytes(region(id).start + unit * SIZE)
  const extents = [{ start, size: bytes(units * SIZE) }]
  return { align: ALIGN, memmap: 'mem', mode: 'devdax', extents, ranges: rangesOf(extents) }
}

export const NOTHING: DeviceShape = { ...shape(0, 0), extents: [], ranges: [] }

export function plan(chardev: string, unit: number, units = 1): DevicePlan {
  const id = Number(/^dax(\d+)/.exec(chardev)?.[1])
  const name = `ns-${id}-${unit}`
  return { ...shape(id, unit, units), region: id, chardev, name, uuid: `uuid-${name}` }
}

/** The device as `discover` has it, undefined when it has none of that name. */
export async function seen(backend: Backend, chardev: string) {
  return (await backend.discover()).devices.find((device) => device.chardev === chardev)
}

/** The code of the DaxError that `work` rejects with; anything else fails the test. */
export async function codeOf(work: Promise<unknown>): Promise<ErrorCode> {
  try {
    await work
  } catch (error) {
    if (error instanceof DaxError) return error.code
    throw error
  }
  throw new Error('the call succeeded')
}

/** Where the data of a device are, by role. */
export function dataPath(directory: string, place: 'dev' | 'off' | 'old', name: string): string {
  return join(directory, place, name)
}

export async function textAt(path: string, offset: number, length: number): Promise<string> {
  const data = await readFile(path)
  return data.subarray(offset, offset + length).toString('latin1')
}
