import { type Command, Option } from 'commander'
import type { NamespaceCreate } from '../../../schemas/index.ts'
import { MEMMAPS, type Memmap, type Mode, WIPES, type Wipe } from '../../core/vocabulary.ts'
import { UsageError } from '../../usage-error.ts'
import { labelArgument, sizeArgument, sizeOrMax } from '../client-command.ts'
import { type SelectorFlags, selectorOf, selectorOptions } from '../selector-options.ts'
import type { Session, SessionFlags } from '../session.ts'

/** What a namespace shall be, in ndctl's options and a few of daxd's. */
export interface NamespaceFlags extends SelectorFlags, SessionFlags {
  readonly size?: number | 'max'
  readonly align?: number
  readonly mode?: string
  readonly map?: Memmap
  readonly name?: string
  readonly uuid?: string
  readonly pool?: boolean
  readonly contiguous?: boolean
  readonly wipe?: Wipe
  readonly share?: string
  readonly tenant?: string
  readonly label?: Readonly<Record<string, string>>
  readonly reconfig?: string
  readonly force?: boolean
  readonly continue?: boolean
  readonly bus?: string
  readonly type?: string
  readonly sectorSize?: string
  readonly autolabel?: boolean
}

/** The options that say what a namespace shall be. */
export function namespaceOptions(command: Command): Command {
  return selectorOptions(
    command
      .option('-s, --size <size>', 'as 4g, 64MiB, 0x200000 or max (default: max)', sizeOrMax)
      .option('-n, --name <name>', 'its name (default: one is made)')
      .option('-a, --align <align>', "4k, 2m or 1g (default: the region's)", sizeArgument)
      .addOption(new Option('-m, --mode <mode>', 'devdax or system-ram (default: devdax)'))
      .addOption(new Option('-M, --map <where>', 'where the memmap is').choices([...MEMMAPS]))
      .option('-u, --uuid <uuid>', 'its uuid (default: one is made)')
      .option('--pool', 'slices of claims may be placed in it')
      .option('--contiguous', 'in one piece')
      .addOption(new Option('--wipe <how>', 'what is done to it at the end').choices([...WIPES]))
      .option('--share <name>', 'the share of the region to take of')
      .option('--tenant <name>', 'whose it shall be')
      .option('--label <key=value>', 'may be repeated', labelArgument),
  )
}

/** The request that the options make. */
export async function namespaceBody(
  session: Session,
  flags: NamespaceFlags,
): Promise<NamespaceCreate> {
  const { size = 'max', align, map, name, uuid, pool, contiguous, wipe, share, tenant } = flags
  return {
    size,
    ...(await placeOf(session, flags)),
    ...(align === undefined ? {} : { align }),
    ...(flags.mode === undefined ? {} : { mode: modeOf(flags.mode) }),
    ...(map === undefined ? {} : { memmap: map }),
    ...(name === undefined ? {} : { name }),
    ...(uuid === undefined ? {} : { uuid }),
    ...(pool === undefined ? {} : { pool }),
    ...(contiguous === undefined ? {} : { contiguous }),
    ...(wipe === undefined ? {} : { wipe }),
    ...(share === undefined ? {} : { share }),
    ...(tenant === undefined ? {} : { tenant }),
    ...(flags.label === undefined ? {} : { labels: flags.label }),
  }
}

/**
 * Where it may be. One region alone is named as such, for then a refusal is about that region. To
 * ndctl there are NVDIMM regions only, so who types its commands means persistent memory.
 */
async function placeOf(
  { daxd, signal }: Session,
  flags: SelectorFlags,
): Promise<Pick<NamespaceCreate, 'region' | 'selector'>> {
  const selector = selectorOf(flags)
  if (selector !== null) {
    const { region, ...others } = selector
    return region !== undefined && Object.keys(others).length === 0 ? { region } : { selector }
  }
  const regions = await daxd.regions.list({}, { signal }).all()
  const [first, ...more] = regions.filter(({ kind }) => kind === 'static')
  if (first === undefined) return {}
  return more.length === 0 ? { region: first.id } : { selector: { kind: 'static' } }
}

/** A mode of daxd's. @throws UsageError for one of ndctl's that makes no device-dax. */
export function modeOf(mode: string): Mode {
  if (mode === 'devdax' || mode === 'dax') return 'devdax'
  if (mode === 'system-ram') return mode
  throw new UsageError(
    `--mode ${mode}: daxd makes character devices only, devdax or system-ram; block devices ` +
      '(fsdax, sector, raw) are for ndctl, on regions that daxd does not own.',
  )
}
