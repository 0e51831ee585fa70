import { DaxdConnectionError, DaxdError, type HeldClaim } from '../../../client/src/index.ts'
import { UsageError } from '../../usage-error.ts'
import { holderDefault } from '../holder-default.ts'
import { runHeld } from '../run-held.ts'
import type { Session } from '../session.ts'
import { type ClaimFlags, claimBody } from './claim-request.ts'

/** How env(1), timeout(1) and container tools say that the failure is theirs. */
const EXIT_OWN_FAILURE = 125

/** A claim that lives as long as a command runs. */
export interface ClaimWhile {
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
export async function claimWhile(session: Session, wanted: ClaimWhile): Promise<number> {
  const { argv, flags, name } = wanted
  if (argv.length === 0) throw new UsageError('No command stands after --.')
  const { daxd, follow, say, surroundings } = session
  const holder = flags.holder ?? `${holderDefault()}:${process.pid}`
  let claim: HeldClaim
  try {
    const wish = { ...claimBody({ ...flags, holder }), ...(name === undefined ? {} : { name }) }
    claim = await daxd.claim(wish, follow)
  } catch (error) {
    session.refuse(error, name === undefined ? {} : { subject: name, name })
    return EXIT_OWN_FAILURE
  }
  claim.lost.addEventListener('abort', () => {
    say(`daxd: ${claim.name}: the lease is lost and the command is ended: ${claim.lost.reason}`)
  })
  const env = { ...surroundings.env, ...environmentOf(claim) }
  const code = await runHeld({ argv, env, lost: claim.lost, say })
  await giveBack(session, claim)
  return code
}

/** What the command is told. */
function environmentOf(claim: HeldClaim): Record<string, string> {
  const { name, path, chardev, offset, length, mmap, lease, token } = claim
  return {
    DAXD_CLAIM: name,
    DAXD_LEASE: lease,
    DAXD_FENCING_TOKEN: String(token),
    DAX_PATH: path,
    DAX_DEVICE: chardev,
    DAX_OFFSET: String(offset),
    DAX_LENGTH: String(length),
    DAX_ALIGN: String(mmap.address_align),
  }
}

/** What a command has left running keeps the memory; then it is the lease that ends it. */
async function giveBack(session: Session, claim: HeldClaim): Promise<void> {
  const { name } = claim
  try {
    await claim[Symbol.asyncDispose]()
  } catch (error) {
    if (!(error instanceof DaxdError || error instanceof DaxdConnectionError)) throw error
    session.refuse(error, { subject: name, name })
    session.say(`  it is given back when its lease ends, or by "daxd release ${name}"`)
  }
}
