import { type Command, Option } from 'commander'
import { DaxdError } from '../../../client/src/index.ts'
import type { NamespaceView } from '../../../schemas/index.ts'
import { UsageError } from '../../usage-error.ts'
import { clientCommand, connectionOptions } from '../client-command.ts'
import type { ExitClass } from '../exit-codes.ts'
import { type Session, type SessionDeps, sessionAction } from '../session.ts'
import { type NamespaceFlags, namespaceBody, namespaceOptions } from './namespace-request.ts'
import { reconfigureNamespace } from './reconfigure-namespace.ts'
import { showNamespaces } from './show-namespaces.ts'

const NOTES = `Without any of the options that say which region, NVDIMM regions serve it where
the host has some, as with ndctl; else whatever has room. Without -s it takes
all that one of them has.`

/** Adds create-namespace. */
export function addCreateNamespace(program: Command, deps: SessionDeps): void {
  const command = clientCommand(program, {
    name: 'create-namespace',
    summary: 'create a namespace and its device',
    group: 'Commands of ndctl:',
    examples: [
      'create-namespace -m devdax -r region1 -s 64m -n web',
      'create-namespace --persistence volatile -s 16g --pool',
      'create-namespace -e namespace1.0 -f -a 4k',
    ],
    notes: NOTES,
  })
  namespaceOptions(command)
    .option('-e, --reconfig <namespace>', 'change this one instead: size, align or mode')
    .option('-f, --force', 'with -e: disable it first')
    .option('-c, --continue', 'go on until there is no more room')
    .option('-v, --verbose', 'say what is done')
    .addOption(new Option('-b, --bus <bus>').hideHelp())
    .addOption(new Option('-t, --type <type>').hideHelp())
    .addOption(new Option('-l, --sector-size <size>').hideHelp())
    .addOption(new Option('-L, --autolabel').hideHelp())
    // A creation that fails is undone by the daemon, whether this is said or not.
    .addOption(new Option('-R, --autorecover').hideHelp())
  connectionOptions(command).action(sessionAction<NamespaceFlags>(deps, createNamespaces))
}

const CREATED_MAX = 10_000

async function createNamespaces(session: Session, flags: NamespaceFlags): Promise<ExitClass> {
  refuseForeign(flags)
  if (flags.reconfig !== undefined) {
    return reconfigureNamespace(session, { ...flags, namespace: flags.reconfig })
  }
  if (flags.continue === true && flags.name !== undefined) {
    throw new UsageError('--continue makes several, and --name is one name.')
  }
  const { daxd, follow } = session
  const body = await namespaceBody(session, flags)
  const first = await daxd.namespaces.create(body, follow)
  const made: NamespaceView[] = [first]
  if (flags.continue === true) {
    while (made.length < CREATED_MAX) {
      const next = await daxd.namespaces.create(body, follow).catch(isFull)
      if (next === null) break
      made.push(next)
    }
  }
  await showNamespaces(session, made)
  return 'done'
}

function isFull(error: unknown): null {
  if (error instanceof DaxdError && error.errno === 'ENOSPC') return null
  throw error
}

function refuseForeign({ bus, type, sectorSize, autolabel }: NamespaceFlags): void {
  if (bus !== undefined && bus !== 'all') {
    throw new UsageError('--bus: daxd does not tell the buses of a host apart; give --region.')
  }
  if (type !== undefined && type !== 'pmem') {
    throw new UsageError(`--type ${type}: only pmem can be a character device.`)
  }
  if (sectorSize !== undefined) {
    throw new UsageError('--sector-size: a character device has no sectors.')
  }
  if (autolabel === true) {
    throw new UsageError('--autolabel: labels are written by "daxd serve --init-labels".')
  }
}
