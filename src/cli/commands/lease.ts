import { setTimeout as sleep } from 'node:timers/promises'
import type { Command } from 'commander'
import type { LeaseView } from '../../../schemas/index.ts'
import { UsageError } from '../../usage-error.ts'
import { clientCommand, connectionOptions, durationArgument } from '../client-command.ts'
import { EXIT } from '../exit-codes.ts'
import { holderDefault } from '../holder-default.ts'
import { keepLease } from '../keep-lease.ts'
import { splitOperands } from '../operands-after-dashes.ts'
import { runHeld } from '../run-held.ts'
import { runSession, type Session, type SessionDeps, type SessionFlags } from '../session.ts'

const TTL_DEFAULT_MS = 30_000

interface LeaseFlags extends SessionFlags {
  readonly ttl?: number
}

const NOTES = `What is opened with --lease ends with it. It is kept until the command ends, or without one until
Ctrl-C, and then deleted; its id goes to stdout, and to the command as DAXD_LEASE, with DAXD_TOKEN.`

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
      leaseWhile(session, { holder, argv, ttlMs: flags.ttl ?? TTL_DEFAULT_MS }),
    )
  })
}

interface HeldLease {
  readonly holder: string
  readonly argv: readonly string[] | null
  readonly ttlMs: number
}

async function leaseWhile(session: Session, { holder, argv, ttlMs }: HeldLease): Promise<number> {
  const { daxd, signal } = session
  const lease = await daxd.leases.create({ holder, ttl_ms: ttlMs }, { signal })
  if (argv === null) {
    if (session.json) session.printJson(lease)
    else session.print(`${lease.id}\n`)
  }
  const ended = new AbortController()
  const lost = new AbortController()
  const keeping = keepLease(daxd, lease, ended.signal).then((end) => {
    if (end.kind === 'stopped') return
    session.say(`daxd: lease ${lease.id} is lost: ${end.why}`)
    lost.abort()
  })
  const code = await held(session, lease, { argv, lost: lost.signal })
  ended.abort()
  await keeping
  if (!lost.signal.aborted) await daxd.leases.delete(lease.id)
  return code
}

/** The longest delay of a timer; a wait for Ctrl-C has no end of its own. */
const FOR_EVER_MS = 2_147_483_647

async function held(
  { signal, surroundings, say }: Session,
  lease: LeaseView,
  { argv, lost }: { readonly argv: readonly string[] | null; readonly lost: AbortSignal },
): Promise<number> {
  if (argv !== null) {
    const env = { ...surroundings.env, DAXD_LEASE: lease.id, DAXD_TOKEN: String(lease.token) }
    return runHeld({ argv, env, lost, say })
  }
  const either = AbortSignal.any([signal, lost])
  await sleep(FOR_EVER_MS, undefined, { signal: either }).catch(() => undefined)
  return lost.aborted ? EXIT.gone.code : EXIT.done.code
}
