import { type Command, Option } from 'commander'
import type { DeviceView } from '../../../schemas/index.ts'
import { MODES, type Mode } from '../../core/vocabulary.ts'
import { UsageError } from '../../usage-error.ts'
import { clientCommand, connectionOptions, ifBusyOptions, sizeArgument } from '../client-command.ts'
import { eachTarget, type Outcome } from '../each-target.ts'
import type { ExitClass } from '../exit-codes.ts'
import { findDevices } from '../listing/find-targets.ts'
import { type Session, type SessionDeps, sessionAction } from '../session.ts'
import { type DeviceFlags, deviceOptions, disable } from './device-life.ts'
import { showDevices } from './show-devices.ts'

interface ReconfigureFlags extends DeviceFlags {
  readonly mode?: Mode
  readonly size?: number
  readonly align?: number
  /** False with --no-online. */
  readonly online?: boolean
  readonly checkConfig?: boolean
  /** False with --no-movable. */
  readonly movable?: boolean
  readonly human?: boolean
}

const NOTES = `Size and align change what is disabled ("daxd disable-device" first), the mode
what is enabled, too: the device is disabled, changed and enabled again. Its
content is lost. From system-ram to devdax memory that is online wants --force,
which takes it offline first.`

/** Adds reconfigure-device. */
export function addReconfigureDevice(program: Command, deps: SessionDeps): void {
  const command = clientCommand(program, {
    name: 'reconfigure-device',
    summary: 'change the mode of devices, or their size and align',
    group: 'Commands of daxctl:',
    examples: [
      'reconfigure-device -m system-ram dax0.1',
      'reconfigure-device -m system-ram -N dax0.1',
      'reconfigure-device -m devdax -f dax0.1',
      'reconfigure-device -s 16g dax0.1',
    ],
    notes: NOTES,
  })
  deviceOptions(command)
    .addOption(new Option('-m, --mode <mode>', 'the mode it shall have').choices([...MODES]))
    .option('-s, --size <size>', 'the size it shall have; 0 gives all of it back', sizeArgument)
    .option('-a, --align <align>', 'the align it shall have: 4k, 2m or 1g', sizeArgument)
    .option('-N, --no-online', 'system-ram: do not put the memory online')
    .option('-f, --force', 'take memory offline first')
    .addOption(new Option('-C, --check-config').hideHelp())
    .addOption(new Option('--no-movable').hideHelp())
  connectionOptions(ifBusyOptions(command)).action(
    sessionAction<ReconfigureFlags>(deps, reconfigureDevices),
  )
}

async function reconfigureDevices(
  session: Session,
  flags: ReconfigureFlags,
  names: readonly string[],
): Promise<ExitClass> {
  refuseUnknowable(flags)
  const { mode, size, align } = flags
  const isResized = size !== undefined || align !== undefined
  if (mode === undefined && !isResized) throw new UsageError('Give --mode, --size or --align.')
  if (mode !== undefined && isResized) {
    throw new UsageError('--mode does not go with --size and --align.')
  }
  const targets = await findDevices(session, names, flags.region)
  const changed: string[] = []
  const end = await eachTarget(
    session,
    { done: 'reconfigured', noun: 'device' },
    targets,
    async (device) => {
      const change = mode === undefined ? resize : switchMode
      const outcome = await change(session, device, flags)
      if (outcome === 'done') changed.push(device.chardev)
      return outcome
    },
  )
  // daxctl shows the devices only after a change of mode.
  if (mode !== undefined || session.jsonAsked) await show(session, changed, flags)
  return end
}

/** What the contract has no word for is refused, instead of being passed over. */
export function refuseUnknowable({
  checkConfig,
  movable,
}: Pick<ReconfigureFlags, 'checkConfig' | 'movable'>): void {
  if (checkConfig === true) {
    throw new UsageError(
      '--check-config: daxd keeps the mode of each device itself and reads no daxctl.conf.',
    )
  }
  if (movable === false) {
    throw new UsageError(
      '--no-movable: daxd puts memory online as movable only, since it could not take other ' +
        'memory back.',
    )
  }
}

async function show(
  session: Session,
  chardevs: readonly string[],
  { human = false }: ReconfigureFlags,
): Promise<void> {
  const { daxd, signal } = session
  const devices = await Promise.all(
    chardevs.map((chardev) => daxd.devices.get(chardev, {}, { signal })),
  )
  showDevices(session, devices, human)
}

/** The namespace to change; a device of nobody's is refused with what to do about it. */
function ownerOf({ namespace }: DeviceView): string | Exclude<Outcome, 'done'> {
  if (namespace !== null) return namespace
  const text = 'No namespace owns it; take it over first: daxd reconcile adopt.'
  return { end: 'refused', text }
}

async function resize(
  { daxd, signal }: Session,
  device: DeviceView,
  { size, align }: ReconfigureFlags,
): Promise<Outcome> {
  const owner = ownerOf(device)
  if (typeof owner !== 'string') return owner
  const change = {
    ...(size === undefined ? {} : { size }),
    ...(align === undefined ? {} : { align }),
  }
  await daxd.namespaces.patch(owner, change, { signal })
  return 'done'
}

async function switchMode(
  session: Session,
  device: DeviceView,
  flags: ReconfigureFlags,
): Promise<Outcome> {
  const { daxd, signal } = session
  const { chardev, state } = device
  const { mode = device.mode, force = false, online = true } = flags
  const owner = ownerOf(device)
  if (typeof owner !== 'string') return owner
  const wasEnabled = state !== 'disabled'
  if (mode === device.mode) session.say(`${chardev} was already in ${mode} mode`)
  else if (wasEnabled && mode === 'devdax' && !force) {
    const text = 'Its memory is online; "daxd offline-memory" first, or give --force.'
    return { end: 'busy', text }
  } else {
    if (wasEnabled) await disable(session, device, flags)
    await change(session, { owner, chardev, mode, wasEnabled })
  }
  const isWanted = mode === 'devdax' || online
  if (isWanted) await daxd.devices.enable(chardev, { signal })
  return 'done'
}

interface Switch {
  readonly owner: string
  readonly chardev: string
  readonly mode: Mode
  readonly wasEnabled: boolean
}

/** A device that cannot be changed is enabled again, so that a refusal leaves it as it was. */
async function change(
  { daxd, signal }: Session,
  { owner, chardev, mode, wasEnabled }: Switch,
): Promise<void> {
  try {
    await daxd.namespaces.patch(owner, { mode }, { signal })
  } catch (error) {
    if (wasEnabled) await daxd.devices.enable(chardev, { signal })
    throw error
  }
}
