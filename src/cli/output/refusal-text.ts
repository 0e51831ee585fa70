import type { HolderView, ProblemView } from '../../../schemas/index.ts'
import type { ErrorCode } from '../../core/error-codes.ts'
import { REMEDIES } from '../../core/remedies.ts'
import { formatSize } from '../../core/size-text.ts'
import { bytes } from '../../core/units.ts'
import { printable } from '../../doctor/terminal.ts'

/** Holders of a busy device may be thousands; these are told one by one. */
const HOLDERS_MAX = 10

/** What to type about a refusal; `<name>` stands for the object that was asked for. */
const ADVICE: Partial<Record<ErrorCode, string>> = {
  busy: '"--if-busy drain" waits for the holders, "--if-busy revoke" takes it from them',
  device_enabled: 'daxd disable-device <name>, then again',
  device_disabled: 'daxd enable-device <name>',
  empty_device: 'give it memory first: daxd reconfigure-device -s SIZE <name>',
  owned_by_namespace: 'daxd destroy-namespace, which takes its device with it',
  owned_by_claim: 'daxd release, which gives back all that the claim has',
  no_pool: 'make a pool for slices: daxd create-namespace --pool -s SIZE',
  no_hole: 'a smaller size, another pool, or "daxd claim" without --slice',
  no_region: 'daxd list -R shows what each region has left',
  name_taken: 'another name, or the very request that made it',
  in_transition: 'another change of it is under way; try again, "daxd operations" shows it',
  draining: 'it is about to be disabled; "daxd operations" shows until when',
  stale_holders: 'daxd users <name> shows who has an earlier generation open',
  stale_generation: 'open it anew: daxd open <name>',
  needs_repair: 'daxd reconcile, then "daxd reconcile repair"',
  unauthorized: '--token-file FILE, or DAXD_TOKEN_FILE; "daxd token create" makes one',
  forbidden: 'daxd whoami shows as whom you are known',
  quota_exhausted: 'daxd tenants shows the quota and what is used of it',
  share_exhausted: 'daxd list -R --json shows the shares of a region',
  events_gone: 'start without --since',
  lease_expired: 'what lived under it is gone; make another',
  rate_limited: 'ask less often',
  overloaded: 'try again in a moment',
}

/** The refusal for people: what is wrong, its numbers, who is in the way, what may help. */
export function refusalText(
  problem: ProblemView,
  about: { readonly subject?: string | undefined; readonly name?: string | undefined } = {},
): string {
  const { title, detail = title, code, errno, holders = [], issues = [] } = problem
  const { subject, name } = about
  const first = [subject, detail].filter((text) => text !== undefined && text !== '').join(': ')
  const lines = [
    `daxd: ${first} [${errno === undefined ? code : `${errno} ${code}`}]`,
    ...issues.map(({ path, message }) => `  ${path}: ${message}`),
    ...numberLines(problem),
    ...holderLines(holders),
    ...adviceLines(problem, name),
  ]
  return lines.map((line) => `${printable(line)}\n`).join('')
}

function numberLines(problem: ProblemView): string[] {
  const { available_size, max_available_extent, retry_after_s, failed_index } = problem
  const size = (value: number): string => formatSize(bytes(value))
  return [
    ...(available_size === undefined ? [] : [`  available: ${size(available_size)}`]),
    ...(max_available_extent === undefined
      ? []
      : [`  in one piece: at most ${size(max_available_extent)}`]),
    ...(failed_index === undefined ? [] : [`  failed: operation ${failed_index}`]),
    ...(retry_after_s === undefined ? [] : [`  retry: in ${retry_after_s} s`]),
  ]
}

function holderLines(holders: readonly HolderView[]): string[] {
  const told = holders.slice(0, HOLDERS_MAX).map((holder) => `  held by ${holderText(holder)}`)
  const rest = holders.length - told.length
  return rest > 0 ? [...told, `  and ${rest} more`] : told
}

/** Who holds something, in a line. */
function holderText(holder: HolderView): string {
  if (holder.kind === 'process') return `process ${holder.pid} (${holder.comm})`
  if (holder.kind === 'others') return `${holder.count} of others`
  if (!('holder' in holder)) return `${holder.kind} ${holder.id}`
  const { kind, id, holder: whose, chardev, generation, offset, length } = holder
  const place =
    offset === undefined || length === undefined
      ? ''
      : ` at 0x${offset.toString(16)}, ${formatSize(bytes(length))}`
  return `${kind} ${id} of ${whose} on ${chardev} generation ${generation}${place}`
}

function adviceLines({ code, suggested_size }: ProblemView, name: string | undefined): string[] {
  if (suggested_size !== undefined) return [`  try: --size ${suggested_size}`]
  // A newer daemon may have a code that is not known here.
  const advice: string | undefined = ADVICE[code] ?? REMEDIES[code]
  return advice === undefined ? [] : [`  try: ${advice.replaceAll('<name>', name ?? 'NAME')}`]
}
