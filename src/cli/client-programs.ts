import type { Command } from 'commander'
import { connectionOptionList } from './client-command.ts'
import { addClaim } from './commands/claim.ts'
import { addCollections } from './commands/collections.ts'
import { addCreateDevice } from './commands/create-device.ts'
import { addCreateNamespace } from './commands/create-namespace.ts'
import { addDeviceLife } from './commands/device-life.ts'
import { addHandles } from './commands/handles.ts'
import { addLease } from './commands/lease.ts'
import { addList } from './commands/list.ts'
import { addMemory } from './commands/memory.ts'
import { addNamespaceLife } from './commands/namespace-life.ts'
import { addOperations } from './commands/operations.ts'
import { addPlan } from './commands/plan.ts'
import { addReconcile } from './commands/reconcile.ts'
import { addReconfigureDevice } from './commands/reconfigure-device.ts'
import { addRegion } from './commands/region.ts'
import { addUsers } from './commands/users.ts'
import { addWatch } from './commands/watch.ts'
import { addWhoami } from './commands/whoami.ts'
import { connectToDaemon } from './connection/connect-to-daemon.ts'
import type { Surroundings } from './output/terminal-output.ts'
import type { SessionDeps } from './session.ts'

const NOTES = `
Commands that speak to a daemon take ${connectionFlags()}
before their name as well as after it:

  $ daxd --url unix:/run/daxd/daxd.sock list -RD`

/** Adds every command that speaks to a running daemon, in the order in which help shows them. */
export function addClientPrograms(program: Command, surroundings: Surroundings): void {
  const deps: SessionDeps = { ...surroundings, connect: connectToDaemon }
  const parts = [
    ...[addList, addCreateDevice, addDeviceLife, addReconfigureDevice, addMemory],
    ...[addCreateNamespace, addNamespaceLife],
    ...[addClaim, addPlan],
    ...[addUsers, addHandles, addLease, addCollections],
    ...[addRegion, addWatch, addOperations, addReconcile, addWhoami],
  ]
  for (const add of parts) add(program, deps)
  program.addHelpText('after', NOTES)
}

function connectionFlags(): string {
  const flags = connectionOptionList().map(({ long }) => long)
  return `${flags.slice(0, -1).join(', ')} and ${flags.at(-1)}`
}
