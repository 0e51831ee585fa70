import { setTimeout as sleep } from 'node:timers/promises'
import type { Command } from 'commander'
import type { HeldLease } from '../../../client/src/index.ts'
import { UsageError } from '../../usage-error.ts'
import { clientCommand, connectionOptions, durationArgument } from '../client-command.ts'
import { EXIT } from '../exit-codes.ts'
import { holderDefault } from '../holder-default.ts'
import { splitOperands } from '../operands-after-dashes.ts'
import { runHeld } from '../run-held.ts'
import { runSession, type Session, type SessionDeps, type SessionFlags } from '../session.ts'

interface LeaseFlags extends SessionFlags {
  readonly ttl?: number
}

const NOTES = `What is opened with --lease ends with it. It is kept until the command ends, or
without one until Ctrl-C, and then deleted; its id goes to stdout, and to the
command as DAXD_LEASE, with DAXD_FENCING_TOKEN.`

/** Adds `daxd lease`: a lease that is kept alive. */
export function addLease(program: Command, deps: SessionDeps): void {
  const command = clientCommand(program, {
    name: 'lease',
    summary: 'make a lease and keep it alive, while a command runs or until Ctrl-C',
    group: 'Who has what:',
    examples: ['lease job-7 --ttl 1m', 'lease job-7 -- ./job'],
    notes: NOTES,
  })
    .usage('[options] [holder] [-- command...]')
    .argument('[holder]', 'whose life it is (default: USER@HOST)')
    .argument('[command...]', 'run with the lease kept')
    .option(
      '--ttl <duration>',
      'how long it lives unless it is renewed (default: 30s)',
      durationArgument,
    )
  connectionOptions(command).action(async (...given: unknown[]) => {
    const self = given.at(-1) as Command
    const { operands, argv } = splitOperands(self)
    const [holder = holderDefault(), ...more] = operands
    if (more.length > 0) throw new UsageError(`Too many holders: ${more.join(' ')}.`)
    const flags = self.opts<LeaseFlags>()
    process.exitCode = await runSession(deps, flags, (session) =>
      leaseWhile(session, { holder, argv, ttlMs: flags.ttl }),
    )
  })
}

interface Wanted {
  readonly holder: string
  readonly argv: readonly string[] | null
  readonly ttlMs: number | undefined
}

async function leaseWhile(session: Session, { holder, argv, ttlMs }: Wanted): Promise<number> {
  const { daxd, signal, say } = session
  const wish = { holder, ...(ttlMs === undefined ? {} : { ttl_ms: ttlMs }) }
  const lease = await daxd.lease(wish, { signal })
  lease.lost.addEventListener('abort', () => {
    say(`daxd: lease ${lease.id} is lost: ${lease.lost.reason}`)
  })
  if (argv === null) {
    if (session.json) session.printJson(lease.current())
    else session.print(`${lease.id}\n`)
  }
  const code = await held(session, lease, argv)
  await lease.release()
  return code
}

/** The longest delay of a timer; a wait for Ctrl-C has no end of its own. */
const FOR_EVER_MS = 2_147_483_647

async function held(
  { signal, surroundings, say }: Session,
  { id, token, lost }: HeldLease,
  argv: readonly string[] | null,
): Promise<number> {
  if (argv !== null) {
    const told = { DAXD_LEASE: id, DAXD_FENCING_TOKEN: String(token) }
    return runHeld({ argv, env: { ...surroundings.env, ...told }, lost, say })
  }
  const either = AbortSignal.any([signal, lost])
  await sleep(FOR_EVER_MS, undefined, { signal: either }).catch(() => undefined)
  return lost.aborted ? EXIT.gone.code : EXIT.done.code
}
