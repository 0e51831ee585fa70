import type { Command } from 'commander'
import type { DeviceView } from '../../../schemas/index.ts'
import { clientCommand, connectionOptions, ifBusyOf, ifBusyOptions } from '../client-command.ts'
import { eachTarget, type Outcome } from '../each-target.ts'
import { findDevices } from '../listing/find-targets.ts'
import { sayRevoked } from '../revoked-text.ts'
import { type Session, type SessionDeps, type SessionFlags, sessionAction } from '../session.ts'

const GROUP = 'Commands of daxctl:'

/** Options of commands that take devices. */
export interface DeviceFlags extends SessionFlags {
  readonly region?: string
  readonly force?: boolean
  readonly ifBusy?: 'refuse' | 'drain' | 'revoke'
  readonly timeout?: number
}

/** The operands and options that daxctl's commands on devices share. */
export function deviceOptions(command: Command): Command {
  return command
    .argument('<device...>', 'as dax0.1 or 0.1, or all')
    .option('-r, --region <region-id>', 'only devices of this region')
    .option('-u, --human', 'sizes with units and hexadecimal addresses')
    .option('-v, --verbose', 'say what is done')
}

/** Adds enable-device, disable-device and destroy-device. */
export function addDeviceLife(program: Command, deps: SessionDeps): void {
  addEnable(program, deps)
  addDisable(program, deps)
  addDestroy(program, deps)
}

function addEnable(program: Command, deps: SessionDeps): void {
  const command = clientCommand(program, {
    name: 'enable-device',
    summary: 'enable devices, so that they can be opened',
    group: GROUP,
    examples: ['enable-device dax0.1', 'enable-device -r 0 all'],
  })
  connectionOptions(deviceOptions(command)).action(
    sessionAction<DeviceFlags>(deps, async (session, { region }, names) => {
      const targets = await findDevices(session, names, region)
      return eachTarget(session, { done: 'enabled', noun: 'device' }, targets, async (device) => {
        await session.daxd.devices.enable(device.chardev, { signal: session.signal })
        return 'done'
      })
    }),
  )
}

function addDisable(program: Command, deps: SessionDeps): void {
  const command = clientCommand(program, {
    name: 'disable-device',
    summary: 'disable devices; refused while somebody uses them',
    group: GROUP,
    examples: [
      'disable-device dax0.1',
      'disable-device -r 0 all',
      'disable-device --if-busy drain --timeout 5m dax0.1',
    ],
  })
  connectionOptions(ifBusyOptions(deviceOptions(command))).action(
    sessionAction<DeviceFlags>(deps, async (session, options, names) => {
      const targets = await findDevices(session, names, options.region)
      return eachTarget(session, { done: 'disabled', noun: 'device' }, targets, async (device) => {
        await disable(session, device, options)
        return 'done'
      })
    }),
  )
}

/** Disables a device as the options say, and tells whom that has hurt. */
export async function disable(
  session: Session,
  { chardev }: Pick<DeviceView, 'chardev'>,
  options: Pick<DeviceFlags, 'ifBusy' | 'timeout'>,
): Promise<void> {
  const { revoked } = await session.daxd.devices.disable(chardev, ifBusyOf(options), session.follow)
  sayRevoked(session, chardev, revoked)
}

function addDestroy(program: Command, deps: SessionDeps): void {
  const command = clientCommand(program, {
    name: 'destroy-device',
    summary: 'give the memory of devices back to their region',
    group: GROUP,
    examples: ['destroy-device dax0.1', 'destroy-device -f dax0.1', 'destroy-device -r 0 all'],
    notes: `A device that is enabled wants --force, which disables it first, as with daxctl.
While somebody uses it that is refused all the same, unless --if-busy says what
shall become of them.`,
  })
  deviceOptions(command).option('-f, --force', 'disable it first')
  connectionOptions(ifBusyOptions(command)).action(
    sessionAction<DeviceFlags>(deps, async (session, options, names) => {
      const targets = await findDevices(session, names, options.region)
      return eachTarget(session, { done: 'destroyed', noun: 'device' }, targets, (device) =>
        destroy(session, device, options),
      )
    }),
  )
}

async function destroy(
  session: Session,
  device: DeviceView,
  options: DeviceFlags,
): Promise<Outcome> {
  const { chardev, state, namespace } = device
  const isForced = options.force === true || options.ifBusy !== undefined
  if (state !== 'disabled' && !isForced) {
    return { end: 'busy', text: 'It is active; disable it first, or give --force.' }
  }
  const { daxd, follow } = session
  const query = ifBusyOf(options)
  const gone =
    namespace === null
      ? await daxd.devices.delete(chardev, query, follow)
      : await daxd.namespaces.delete(namespace, query, follow)
  sayRevoked(session, chardev, gone?.revoked)
  return 'done'
}
