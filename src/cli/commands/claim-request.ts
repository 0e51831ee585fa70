import { type Command, Option } from 'commander'
import type { ClaimPut } from '../../../schemas/index.ts'
import { WIPES, type Wipe } from '../../core/vocabulary.ts'
import { durationArgument, labelArgument, sizeArgument } from '../client-command.ts'
import { holderDefault } from '../holder-default.ts'
import { type SelectorFlags, selectorOf, selectorOptions } from '../selector-options.ts'
import type { SessionFlags } from '../session.ts'

/** What a claim shall be. */
export interface ClaimFlags extends SelectorFlags, SessionFlags {
  readonly size: number
  readonly align?: number
  readonly slice?: boolean
  readonly pool?: string
  readonly holder?: string
  readonly ttl?: number
  readonly wipe?: Wipe
  readonly share?: string
  readonly tenant?: string
  readonly ro?: boolean
  readonly label?: Readonly<Record<string, string>>
}

/** The options that say what a claim shall be. */
export function claimOptions(command: Command): Command {
  return selectorOptions(
    command
      .requiredOption('-s, --size <size>', 'usable bytes, as 4g or 64MiB', sizeArgument)
      .option('-a, --align <align>', '4k, 2m or 1g', sizeArgument)
      .option('--slice', 'a part of a pool namespace instead of a device of its own')
      .option('--pool <namespace>', 'a slice of this pool')
      .option('--holder <name>', 'who holds it (default: USER@HOST)')
      .option('--ttl <duration>', 'it lives so long unless it is renewed', durationArgument)
      .addOption(new Option('--wipe <how>', 'what is done to it at the end').choices([...WIPES]))
      .option('--share <name>', 'the share of the region to take of')
      .option('--tenant <name>', 'whose it shall be')
      .option('--ro', 'for reading only')
      .option('--label <key=value>', 'may be repeated', labelArgument),
  )
}

/** The request that the options make. */
export function claimBody(flags: ClaimFlags): ClaimPut {
  const { size, align, slice, pool, holder = holderDefault(), ttl, wipe, share, tenant } = flags
  const selector = {
    ...selectorOf(flags),
    ...(pool === undefined ? {} : { namespace: pool }),
  }
  return {
    size,
    sharing: slice === true || pool !== undefined ? 'slice' : 'dedicated',
    holder,
    ...(align === undefined ? {} : { align }),
    ...(ttl === undefined ? {} : { ttl_ms: ttl }),
    ...(Object.keys(selector).length === 0 ? {} : { selector }),
    ...(wipe === undefined ? {} : { wipe }),
    ...(share === undefined ? {} : { share }),
    ...(tenant === undefined ? {} : { tenant }),
    ...(flags.ro === true ? { access: 'ro' } : {}),
    ...(flags.label === undefined ? {} : { labels: flags.label }),
  }
}
