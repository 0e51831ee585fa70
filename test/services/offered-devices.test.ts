/** The specifications that may be on the disk, while the directory takes its time. */
import { expect, test } from 'vitest'
import { bytes, MIB } from '../../src/core/units.ts'
import type { DeviceSpec, DeviceSpecs } from '../../src/ports/device-specs.ts'
import { createOfferedDevices } from '../../src/services/offered-devices.ts'
import { manualClock } from './manual-clock.ts'

const DEVICE = 'web-1'
const LOG = { debug() {}, info() {}, warn() {}, error() {} }

function spec(path: string): DeviceSpec {
  const place = { path, offset: bytes(0), length: bytes(2 * MIB), align: 2 * MIB } as const
  return { ...place, device: DEVICE, claim: 'web', access: 'rw', owner: {} } as DeviceSpec
}

/** A directory whose next removal ends, well or badly, when it is told to. */
async function stage() {
  const there = new Map<string, string>()
  const removing = Promise.withResolvers<void>()
  const specs: DeviceSpecs = {
    kind: 'test.io/claim',
    givesNodes: true,
    list: async () => [...there.keys()],
    pathOf: async (device) => there.get(device) ?? null,
    sweep: async () => undefined,
    write: async ({ device, path }) => void there.set(device, path),
    async remove(device) {
      await removing.promise
      there.delete(device)
    },
  }
  const offered = createOfferedDevices({ specs, clock: manualClock(), log: LOG })
  await offered.put(spec('/dev/dax0.1'))
  return { there, offered, removing }
}

test('what is offered anew while its removal is under way is known as offered', async () => {
  const { there, offered, removing } = await stage()
  const removed = offered.remove(DEVICE)
  const put = offered.put(spec('/dev/dax0.2'))
  removing.resolve()
  await Promise.all([removed, put])
  expect([...there]).toEqual([[DEVICE, '/dev/dax0.2']])
  expect([offered.naming('dax0.2'), offered.stuck()]).toEqual([[DEVICE], []])
})

test('what is offered anew while its removal fails is not stuck, nor called as it was', async () => {
  const { offered, removing } = await stage()
  const removed = offered.remove(DEVICE)
  const put = offered.put(spec('/dev/dax0.2'))
  removing.reject(new Error('EIO'))
  await Promise.all([removed, put])
  const names = ['dax0.1', 'dax0.2'].map((chardev) => offered.naming(chardev))
  expect([names, offered.stuck()]).toEqual([[[], [DEVICE]], []])
})
