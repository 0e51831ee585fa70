import { randomBytes } from 'node:crypto'
import { DaxdConnectionError, DaxdError } from '../../../client/src/index.ts'
import type { ClaimView } from '../../../schemas/index.ts'
import { UsageError } from '../../usage-error.ts'
import { holderDefault } from '../holder-default.ts'
import { keepLease } from '../keep-lease.ts'
import { runHeld } from '../run-held.ts'
import type { Session } from '../session.ts'
import { type ClaimFlags, claimBody } from './claim-request.ts'

/** How env(1), timeout(1) and container tools say that the failure is theirs. */
const EXIT_OWN_FAILURE = 125
/** Short enough that a machine that died does not keep memory for long. */
const TTL_DEFAULT_MS = 30_000
const NAME_BYTES = 6

/** A claim that lives as long as a command runs. */
export interface HeldClaim {
  /** Absent: one is made up. */
  readonly name: string | undefined
  readonly flags: ClaimFlags
  readonly argv: readonly string[]
}

/**
 * Claims memory, runs the command with it, gives it back. The claim lives under a lease, so that
 * it ends even when this process is killed; a command whose lease is lost is ended, since the
 * memory may be another's by then.
 */
export async function claimWhile(session: Session, held: HeldClaim): Promise<number> {
  const { argv, flags } = held
  if (argv.length === 0) throw new UsageError('No command stands after --.')
  const name = held.name ?? `run-${randomBytes(NAME_BYTES).toString('hex')}`
  const holder = flags.holder ?? `${holderDefault()}:${process.pid}`
  let claim: ClaimView
  try {
    const body = claimBody({ ttl: TTL_DEFAULT_MS, ...flags, holder })
    claim = await session.daxd.claims.put(name, body, session.follow)
  } catch (error) {
    session.refuse(error, { subject: name, name })
    return EXIT_OWN_FAILURE
  }
  const lost = new AbortController()
  const ended = new AbortController()
  const keeping = keep(session, claim, { lost, ended })
  const env = { ...session.surroundings.env, ...environmentOf(claim) }
  const code = await runHeld({ argv, env, lost: lost.signal, say: session.say })
  ended.abort()
  await keeping
  await giveBack(session, name)
  return code
}

/** What the command is told. */
function environmentOf(claim: ClaimView): Record<string, string> {
  const { name, path, chardev, offset, length, mmap, lease } = claim
  return {
    DAXD_CLAIM: name,
    DAX_PATH: path ?? '',
    DAX_DEVICE: chardev ?? '',
    DAX_OFFSET: String(offset),
    DAX_LENGTH: String(length),
    DAX_ALIGN: String(mmap?.address_align ?? ''),
    ...(lease === null ? {} : { DAXD_LEASE: lease }),
  }
}

interface Ends {
  readonly lost: AbortController
  readonly ended: AbortController
}

async function keep(session: Session, claim: ClaimView, { lost, ended }: Ends): Promise<void> {
  if (claim.lease === null) return
  const { daxd } = session
  const lease = await daxd.leases.get(claim.lease)
  const end = await keepLease(daxd, lease, ended.signal)
  if (end.kind === 'stopped') return
  session.say(`daxd: ${claim.name}: the lease is lost: ${end.why}; the command is ended.`)
  lost.abort()
}

/** What a command has left running keeps the memory; then it is the lease that ends it. */
async function giveBack(session: Session, name: string): Promise<void> {
  try {
    await session.daxd.claims.delete(name)
  } catch (error) {
    if (error instanceof DaxdError && error.status === 404) return
    if (!(error instanceof DaxdError || error instanceof DaxdConnectionError)) throw error
    session.refuse(error, { subject: name, name })
    session.say(`  it is given back when its lease ends, or by "daxd release ${name}"`)
  }
}
