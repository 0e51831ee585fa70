import type { Command } from 'commander'
import type { ClaimView } from '../../../schemas/index.ts'
import { UsageError } from '../../usage-error.ts'
import { clientCommand, connectionOptions, ifBusyOf, ifBusyOptions } from '../client-command.ts'
import { eachTarget } from '../each-target.ts'
import type { ExitClass } from '../exit-codes.ts'
import { splitOperands } from '../operands-after-dashes.ts'
import { shortSize } from '../output/human-size.ts'
import { sayRevoked } from '../revoked-text.ts'
import {
  runSession,
  type Session,
  type SessionDeps,
  type SessionFlags,
  sessionAction,
} from '../session.ts'
import { type ClaimFlags, claimBody, claimOptions } from './claim-request.ts'
import { claimWhile } from './claim-while.ts'

const NOTES = `With a command after --, its environment tells where the memory is (DAX_PATH,
DAX_OFFSET, DAX_LENGTH, DAX_ALIGN, DAX_DEVICE, DAXD_CLAIM, DAXD_LEASE,
DAXD_FENCING_TOKEN), the lease is kept while it runs, and the memory is given
back when it ends. The exit code is the command's, 125 when there was no memory
for it, 126 or 127 when it could not be started.`

/** Adds claim and release. */
export function addClaim(program: Command, deps: SessionDeps): void {
  const command = clientCommand(program, {
    name: 'claim',
    summary: 'get memory: namespace, device, handle and mapping in one step',
    group: 'Memory in one step:',
    examples: [
      'claim web -s 4g --wipe on_release',
      'claim cache -s 64m --slice --ttl 30s',
      'claim -s 16g -- ./analyse --input data.bin',
    ],
    notes: NOTES,
  })
    .usage('[options] [name] [-- command...]')
    .argument('[name]', 'its name; may be left out before a command')
    .argument('[command...]', 'run with the memory held')
  connectionOptions(claimOptions(command)).action(async (...given: unknown[]) => {
    const self = given.at(-1) as Command
    const flags = self.opts<ClaimFlags>()
    const { operands, argv } = splitOperands(self)
    const [name, ...more] = operands
    if (more.length > 0) throw new UsageError(`Too many names: ${more.join(' ')}.`)
    if (argv !== null) {
      const runs = runSession(deps, flags, (session) => claimWhile(session, { name, flags, argv }))
      process.exitCode = await runs
      return
    }
    if (name === undefined) throw new UsageError('Give the claim a name, or a command after --.')
    process.exitCode = await runSession(deps, flags, (session) => claim(session, name, flags))
  })
  addRelease(program, deps)
}

async function claim(session: Session, name: string, flags: ClaimFlags): Promise<ExitClass> {
  const made = await session.daxd.claims.put(name, claimBody(flags), session.follow)
  if (session.json) session.printJson(made)
  else session.print(claimText(made))
  return 'done'
}

/** A claim for people: what to open, what to map. */
function claimText({ name, state, path, offset, length, mmap, lease }: ClaimView): string {
  const lines = [
    `claim ${name}: ${state}, ${shortSize(length)}`,
    ...(path === null ? [] : [`  open  ${path}`]),
    ...(mmap === null
      ? []
      : [
          `  mmap  offset 0x${offset.toString(16)}, length ${length}, ` +
            `${mmap.prot.join('|')}, ${mmap.flags.join('|')}`,
        ]),
    ...(lease === null ? [] : [`  lease ${lease}, to be renewed`]),
  ]
  return `${lines.join('\n')}\n`
}

interface ReleaseFlags extends SessionFlags {
  readonly ifBusy?: 'refuse' | 'revoke'
}

function addRelease(program: Command, deps: SessionDeps): void {
  const command = clientCommand(program, {
    name: 'release',
    summary: 'give back all that claims have',
    group: 'Memory in one step:',
    examples: ['release web', 'release --if-busy revoke web'],
  }).argument('<claim...>', 'by name')
  connectionOptions(ifBusyOptions(command, ['refuse', 'revoke'])).action(
    sessionAction<ReleaseFlags>(deps, (session, flags, names) => {
      const targets = names.map((name) => ({ name, found: name }))
      const query = ifBusyOf(flags)
      const { if_busy } = query
      const how = if_busy === undefined || if_busy === 'drain' ? {} : { if_busy }
      return eachTarget(session, { done: 'released', noun: 'claim' }, targets, async (name) => {
        const gone = await session.daxd.claims.delete(name, how, session.follow)
        sayRevoked(session, name, gone?.revoked)
        return 'done'
      })
    }),
  )
}
