import { type Command, Option } from 'commander'
import type { SelectorInput } from '../../schemas/index.ts'
import {
  PERSISTENCES,
  type Persistence,
  PROVIDERS,
  type Provider,
  REGION_KINDS,
  type RegionKind,
} from '../core/vocabulary.ts'
import { labelArgument, numberArgument, regionArgument } from './client-command.ts'

const GROUP = 'Which regions may serve it:'

/** Where memory may come from. */
export interface SelectorFlags {
  readonly region?: number
  readonly provider?: Provider
  readonly persistence?: Persistence
  readonly kind?: RegionKind
  readonly numaNode?: number
  readonly targetNode?: number
  readonly regionLabel?: Readonly<Record<string, string>>
}

/** Adds the options of {@link SelectorFlags}. */
export function selectorOptions(command: Command): Command {
  const options = [
    new Option('-r, --region <region-id>', 'this one, as 0 or region0').argParser(regionArgument),
    new Option('--provider <provider>', 'of this origin').choices([...PROVIDERS]),
    new Option('--persistence <persistence>', 'of such media').choices([...PERSISTENCES]),
    new Option('--kind <kind>', 'dynamic: the dax bus, static: NVDIMM').choices([...REGION_KINDS]),
    new Option('--numa-node <node>', 'near this node').argParser(numberArgument),
    new Option('--target-node <node>', 'that would be this node').argParser(numberArgument),
    new Option('--region-label <key=value>', 'with this label; may be repeated').argParser(
      labelArgument,
    ),
  ]
  for (const option of options) command.addOption(option.helpGroup(GROUP))
  return command
}

/** The selector that the options make; null when none of them was given. */
export function selectorOf(flags: SelectorFlags): SelectorInput | null {
  const { region, provider, persistence, kind, numaNode, targetNode, regionLabel } = flags
  const selector = {
    ...(region === undefined ? {} : { region }),
    ...(provider === undefined ? {} : { provider }),
    ...(persistence === undefined ? {} : { persistence }),
    ...(kind === undefined ? {} : { kind }),
    ...(numaNode === undefined ? {} : { numa_node: numaNode }),
    ...(targetNode === undefined ? {} : { target_node: targetNode }),
    ...(regionLabel === undefined ? {} : { labels: regionLabel }),
  }
  return Object.keys(selector).length === 0 ? null : selector
}
