import { readFileSync } from 'node:fs'
import { type Command, Option } from 'commander'
import type { NamespaceCreate, NamespaceView, RegionView } from '../../../schemas/index.ts'
import { MODES, type Mode, WIPES, type Wipe } from '../../core/vocabulary.ts'
import { UsageError } from '../../usage-error.ts'
import { clientCommand, connectionOptions, sizeArgument, sizeOrMax } from '../client-command.ts'
import type { ExitClass } from '../exit-codes.ts'
import { regionFilter } from '../listing/list-selection.ts'
import { type Session, type SessionDeps, type SessionFlags, sessionAction } from '../session.ts'
import { showDevices } from './show-devices.ts'

interface CreateFlags extends SessionFlags {
  readonly region?: string
  readonly size?: number | 'max'
  readonly align?: number
  readonly input?: string
  readonly mode?: Mode
  readonly online?: boolean
  readonly name?: string
  readonly wipe?: Wipe
  readonly human?: boolean
}

/** Adds create-device. */
export function addCreateDevice(program: Command, deps: SessionDeps): void {
  const command = clientCommand(program, {
    name: 'create-device',
    summary: 'create a device in a region that can be divided',
    group: 'Commands of daxctl:',
    examples: [
      'create-device -r 0 -s 4g',
      'create-device -r 0 -s 64m -a 4k --name cache',
      'create-device --input device.json',
    ],
    notes: `Without -r one is made in each region that can be divided, as with daxctl;
without -s it takes all that is available. NVDIMM regions are divided by
create-namespace.`,
  })
    .option('-r, --region <region-id>', 'in this region, or all')
    .option('-s, --size <size>', 'as 4g, 64MiB, 0x200000 or max', sizeOrMax)
    .option('-a, --align <align>', "4k, 2m or 1g (default: the region's)", sizeArgument)
    .option(
      '--input <file>',
      'one device as "daxctl list -M" prints it, at the same places; - is stdin',
    )
    .addOption(new Option('-m, --mode <mode>', 'what it shall be').choices([...MODES]))
    .option('-N, --no-online', 'system-ram: do not put the memory online')
    .option('--name <name>', "its namespace's name (default: one is made)")
    .addOption(new Option('--wipe <how>', 'what is done to it at the end').choices([...WIPES]))
    .option('-u, --human', 'sizes with units and hexadecimal addresses')
    .option('-v, --verbose', 'say what is done')
  connectionOptions(command).action(sessionAction<CreateFlags>(deps, createDevices))
}

async function createDevices(session: Session, flags: CreateFlags): Promise<ExitClass> {
  const bodies = flags.input === undefined ? await requestsOf(session, flags) : [pasted(flags)]
  const made: NamespaceView[] = []
  let end: ExitClass = bodies.length === 0 ? 'notFound' : 'done'
  if (bodies.length === 0) {
    session.say('daxd: No such region can be divided; "daxd list -R" shows which there are.')
  }
  for (const body of bodies) {
    try {
      made.push(await session.daxd.namespaces.create(body, session.follow))
    } catch (error) {
      const subject = body.region === undefined ? undefined : `region ${body.region}`
      const refusal = session.refuse(error, subject === undefined ? {} : { subject })
      if (end === 'done') end = refusal
    }
  }
  await showMade(session, flags, made)
  session.say(`created ${made.length} device${made.length === 1 ? '' : 's'}`)
  return end
}

async function showMade(
  session: Session,
  { human = false }: CreateFlags,
  made: readonly NamespaceView[],
): Promise<void> {
  const chardevs = made.map(({ chardev }) => chardev).filter((chardev) => chardev !== null)
  const devices = await Promise.all(
    chardevs.map((chardev) => session.daxd.devices.get(chardev, {}, { signal: session.signal })),
  )
  showDevices(session, devices, human)
}

/** A request for each region that is meant; a full one is left out where others are not. */
async function requestsOf(session: Session, flags: CreateFlags): Promise<NamespaceCreate[]> {
  const isMeant = regionFilter(flags.region)
  const regions = (await session.daxd.regions.list({}, { signal: session.signal }).all()).filter(
    ({ id, kind }) => kind === 'dynamic' && isMeant(id),
  )
  const open = regions.filter(({ available_size }) => available_size > 0)
  return (open.length === 0 ? regions : open).map((region) => requestOf(region, flags))
}

function requestOf({ id }: RegionView, flags: CreateFlags): NamespaceCreate {
  const { size = 'max', align, mode, online, name, wipe } = flags
  return {
    region: id,
    size,
    ...(align === undefined ? {} : { align }),
    ...(mode === undefined ? {} : { mode }),
    ...(mode === 'system-ram' && online === false ? { enabled: false } : {}),
    ...(name === undefined ? {} : { name }),
    ...(wipe === undefined ? {} : { wipe }),
  }
}

/** daxctl names the region by the device's name or by -r, and sums the size up. */
function pasted({
  input = '-',
  region,
  size,
  align,
  mode,
  name,
  wipe,
}: CreateFlags): NamespaceCreate {
  if (size !== undefined || align !== undefined || mode !== undefined) {
    throw new UsageError('--input says size, align and mode; they cannot be given beside it.')
  }
  const device = readDevice(input)
  const { mappings = [] } = device as { mappings?: { size?: number }[] }
  const total = mappings.reduce((sum, mapping) => sum + Number(mapping.size ?? 0), 0)
  const chardev = region === undefined ? {} : { chardev: `dax${region.replace(/^region/, '')}.0` }
  // The daemon checks it against the contract, as it does whatever it is sent.
  const checked = { size: total, ...device, ...chardev } as NamespaceCreate['input'] & object
  return {
    input: checked,
    ...(name === undefined ? {} : { name }),
    ...(wipe === undefined ? {} : { wipe }),
  }
}

const STDIN = 0

function readDevice(path: string): Record<string, unknown> {
  const text = readFileSync(path === '-' ? STDIN : path, 'utf8')
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw new UsageError(`${path} is not JSON.`)
  }
  const one = Array.isArray(value) && value.length === 1 ? value[0] : value
  if (typeof one === 'object' && one !== null && !Array.isArray(one)) return one
  throw new UsageError(`${path} is not one device as "daxctl list -M" prints it.`)
}
