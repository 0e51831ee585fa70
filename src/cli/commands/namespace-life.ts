import type { Command } from 'commander'
import type { NamespaceView } from '../../../schemas/index.ts'
import { clientCommand, connectionOptions, ifBusyOf, ifBusyOptions } from '../client-command.ts'
import { eachTarget, type Outcome } from '../each-target.ts'
import { findNamespaces } from '../listing/find-targets.ts'
import { sayRevoked } from '../revoked-text.ts'
import { type Session, type SessionDeps, sessionAction } from '../session.ts'
import { type DeviceFlags, disable } from './device-life.ts'

const GROUP = 'Commands of ndctl:'
const NOUN = 'namespace'

/** Adds destroy-namespace, enable-namespace and disable-namespace. */
export function addNamespaceLife(program: Command, deps: SessionDeps): void {
  addDestroy(program, deps)
  addEnable(program, deps)
  addDisable(program, deps)
}

function namespaceArguments(command: Command): Command {
  return command
    .argument('<namespace...>', 'by its name, as namespace1.0 or dax1.0, or all')
    .option('-r, --region <region-id>', 'only namespaces of this region')
    .option('-v, --verbose', 'say what is done')
}

function addDestroy(program: Command, deps: SessionDeps): void {
  const command = clientCommand(program, {
    name: 'destroy-namespace',
    summary: 'destroy namespaces with their devices',
    group: GROUP,
    examples: ['destroy-namespace -f web', 'destroy-namespace --if-busy drain namespace1.0'],
    notes: `One that is enabled wants --force, as with ndctl. While somebody uses it that is
refused all the same, unless --if-busy says what shall become of them.`,
  })
  namespaceArguments(command).option('-f, --force', 'though it is enabled')
  connectionOptions(ifBusyOptions(command)).action(
    sessionAction<DeviceFlags>(deps, async (session, flags, names) => {
      const targets = await findNamespaces(session, names, flags.region)
      return eachTarget(session, { done: 'destroyed', noun: NOUN }, targets, (namespace) =>
        destroy(session, namespace, flags),
      )
    }),
  )
}

async function destroy(
  session: Session,
  { name, chardev }: NamespaceView,
  flags: DeviceFlags,
): Promise<Outcome> {
  const { daxd, signal, follow } = session
  const isForced = flags.force === true || flags.ifBusy !== undefined
  if (!isForced && chardev !== null) {
    const { state } = await daxd.devices.get(chardev, {}, { signal })
    if (state !== 'disabled') {
      return { end: 'busy', text: 'It is active; disable it first, or give --force.' }
    }
  }
  const gone = await daxd.namespaces.delete(name, ifBusyOf(flags), follow)
  sayRevoked(session, name, gone?.revoked)
  return 'done'
}

/** A namespace that is being made or unmade has no device to enable or disable. */
const NO_DEVICE: Outcome = { end: 'disabled', text: 'It has no device.' }

function addEnable(program: Command, deps: SessionDeps): void {
  const command = clientCommand(program, {
    name: 'enable-namespace',
    summary: "enable namespaces' devices",
    group: GROUP,
    examples: ['enable-namespace web', 'enable-namespace all'],
  })
  connectionOptions(namespaceArguments(command)).action(
    sessionAction<DeviceFlags>(deps, async (session, flags, names) => {
      const { daxd, signal } = session
      const targets = await findNamespaces(session, names, flags.region)
      return eachTarget(session, { done: 'enabled', noun: NOUN }, targets, async ({ chardev }) => {
        if (chardev === null) return NO_DEVICE
        await daxd.devices.enable(chardev, { signal })
        return 'done'
      })
    }),
  )
}

function addDisable(program: Command, deps: SessionDeps): void {
  const command = clientCommand(program, {
    name: 'disable-namespace',
    summary: "disable namespaces' devices; refused while somebody uses them",
    group: GROUP,
    examples: ['disable-namespace web', 'disable-namespace --if-busy revoke web'],
  })
  connectionOptions(ifBusyOptions(namespaceArguments(command))).action(
    sessionAction<DeviceFlags>(deps, async (session, flags, names) => {
      const targets = await findNamespaces(session, names, flags.region)
      return eachTarget(session, { done: 'disabled', noun: NOUN }, targets, async ({ chardev }) => {
        if (chardev === null) return NO_DEVICE
        await disable(session, { chardev }, flags)
        return 'done'
      })
    }),
  )
}
