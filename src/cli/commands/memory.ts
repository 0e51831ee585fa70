import { type Command, Option } from 'commander'
import type { DeviceView } from '../../../schemas/index.ts'
import { clientCommand, connectionOptions } from '../client-command.ts'
import { eachTarget, type OwnRefusal } from '../each-target.ts'
import { findDevices } from '../listing/find-targets.ts'
import { type SessionDeps, sessionAction } from '../session.ts'
import { type DeviceFlags, deviceOptions, disable } from './device-life.ts'
import { refuseUnknowable } from './reconfigure-device.ts'

const GROUP = 'Commands of daxctl:'

interface MemoryFlags extends DeviceFlags {
  readonly movable?: boolean
}

/** Adds online-memory and offline-memory. */
export function addMemory(program: Command, deps: SessionDeps): void {
  addOnline(program, deps)
  addOffline(program, deps)
}

function addOnline(program: Command, deps: SessionDeps): void {
  const command = clientCommand(program, {
    name: 'online-memory',
    summary: 'put the memory of system-ram devices online',
    group: GROUP,
    examples: ['online-memory dax0.1', 'online-memory -r 0 all'],
  })
  deviceOptions(command).addOption(new Option('--no-movable').hideHelp())
  connectionOptions(command).action(
    sessionAction<MemoryFlags>(deps, async (session, flags, names) => {
      refuseUnknowable(flags)
      const { daxd, signal } = session
      const targets = await findDevices(session, names, flags.region)
      const text = { done: 'onlined', infix: 'memory for ', noun: 'device' }
      return eachTarget(session, text, targets, async (device) => {
        if (device.mode !== 'system-ram') return notMemory(device)
        if (device.state === 'enabled') return nothingTo('online')
        await daxd.devices.enable(device.chardev, { signal })
        return 'done'
      })
    }),
  )
}

function addOffline(program: Command, deps: SessionDeps): void {
  const command = clientCommand(program, {
    name: 'offline-memory',
    summary: 'take the memory of system-ram devices offline',
    group: GROUP,
    examples: ['offline-memory dax0.1', 'offline-memory -r 0 all'],
    notes:
      'What the kernel cannot move away stays, and with it all of the device: that is refused.',
  })
  connectionOptions(deviceOptions(command)).action(
    sessionAction<DeviceFlags>(deps, async (session, flags, names) => {
      const targets = await findDevices(session, names, flags.region)
      const text = { done: 'offlined', infix: 'memory for ', noun: 'device' }
      return eachTarget(session, text, targets, async (device) => {
        if (device.mode !== 'system-ram') return notMemory(device)
        if (device.state === 'disabled') return nothingTo('offline')
        await disable(session, device, {})
        return 'done'
      })
    }),
  )
}

function notMemory({ mode, chardev }: DeviceView): OwnRefusal {
  const how = `daxd reconfigure-device -m system-ram ${chardev}`
  return { end: 'refused', text: `It is in mode ${mode}, no system memory: ${how}.` }
}

function nothingTo(state: 'online' | 'offline'): OwnRefusal {
  return { end: 'no', text: `All of its memory is already ${state}.` }
}
