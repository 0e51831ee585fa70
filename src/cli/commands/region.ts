import { type Command, Option } from 'commander'
import type { RegionPatch, RegionView } from '../../../schemas/index.ts'
import { PLACEMENTS, type Placement } from '../../core/vocabulary.ts'
import { UsageError } from '../../usage-error.ts'
import {
  clientCommand,
  connectionOptions,
  labelArgument,
  regionArgument,
} from '../client-command.ts'
import type { ExitClass } from '../exit-codes.ts'
import { regionFilter } from '../listing/list-selection.ts'
import { drawRegion } from '../output/draw-region.ts'
import { terminalLook } from '../output/terminal-output.ts'
import { type Session, type SessionDeps, type SessionFlags, sessionAction } from '../session.ts'

interface SetFlags extends SessionFlags {
  readonly placement?: Placement
  readonly schedulable?: string
  readonly label?: Readonly<Record<string, string>>
}

/** Adds `daxd region map | set`. */
export function addRegion(program: Command, deps: SessionDeps): void {
  const region = program
    .command('region')
    .summary('draw a region to scale; say how it is filled')
    .description('draw a region to scale; say how it is filled')
    .helpGroup('What is there:')
  const map = clientCommand(region, {
    name: 'map',
    summary: 'draw regions to scale: what is taken, by whom, and the holes',
    group: 'Commands:',
    examples: ['region map', 'region map 0', 'region map 0 --json'],
  }).argument('[region...]', 'as 0 or region0 (default: all)')
  connectionOptions(map).action(
    sessionAction<SessionFlags>(deps, (session, _flags, names) => showMaps(session, names)),
  )
  addSet(region, deps)
}

async function showMaps(session: Session, names: readonly string[]): Promise<ExitClass> {
  const { daxd, signal } = session
  const isMeant = regionFilter(names.length === 0 ? undefined : names.join(','))
  const regions = (await daxd.regions.list({}, { signal }).all()).filter(({ id }) => isMeant(id))
  if (regions.length === 0) {
    session.say('daxd: There is no such region.')
    return 'notFound'
  }
  const maps = await Promise.all(
    regions.map(async (region) => ({ region, map: await daxd.regions.map(region.id, { signal }) })),
  )
  if (session.json) {
    session.printJson(maps.map(({ region: { id }, map }) => ({ id, items: map.items })))
  } else {
    const look = terminalLook(session.surroundings)
    session.print(maps.map(({ region, map }) => drawRegion(region, map.items, look)).join('\n'))
  }
  return 'done'
}

function addSet(region: Command, deps: SessionDeps): void {
  const command = clientCommand(region, {
    name: 'set',
    summary: 'say how a region is filled, or that nothing new is placed in it',
    group: 'Commands:',
    examples: ['region set 0 --placement best-fit', 'region set 0 --schedulable no'],
  })
    .argument('<region>', 'as 0 or region0')
    .addOption(new Option('--placement <how>', 'where memory is taken').choices([...PLACEMENTS]))
    .addOption(
      new Option('--schedulable <whether>', 'may new things be placed').choices(['yes', 'no']),
    )
    .option('--label <key=value>', 'may be repeated; KEY= takes it away', labelArgument)
  connectionOptions(command).action(
    sessionAction<SetFlags>(deps, async (session, flags, [name = '']) => {
      const change = changeOf(flags)
      if (Object.keys(change).length === 0) {
        throw new UsageError('Give --placement, --schedulable or --label.')
      }
      const { daxd, signal } = session
      const set = await daxd.regions.patch(regionArgument(name), change, { signal })
      if (session.json) session.printJson(set)
      else session.print(setText(set))
      return 'done'
    }),
  )
}

function changeOf({ placement, schedulable, label }: SetFlags): RegionPatch {
  const labels = Object.entries(label ?? {}).map(([key, value]) => [
    key,
    value === '' ? null : value,
  ])
  return {
    ...(placement === undefined ? {} : { placement }),
    ...(schedulable === undefined ? {} : { schedulable: schedulable === 'yes' }),
    ...(label === undefined ? {} : { labels: Object.fromEntries(labels) }),
  }
}

function setText({ id, placement, schedulable, labels }: RegionView): string {
  const told = Object.entries(labels).map(([key, value]) => `${key}=${value}`)
  const open = schedulable ? 'open to new things' : 'closed to new things'
  return `region ${id}: ${[placement, open, ...told].join(', ')}\n`
}
