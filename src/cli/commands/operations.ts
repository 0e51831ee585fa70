import { type Command, Option } from 'commander'
import type { OperationView } from '../../../schemas/index.ts'
import { OPERATION_STATES, type OperationState } from '../../core/vocabulary.ts'
import { clientCommand, connectionOptions } from '../client-command.ts'
import { eachTarget } from '../each-target.ts'
import type { ExitClass } from '../exit-codes.ts'
import { shortSize } from '../output/human-size.ts'
import type { Column } from '../output/table.ts'
import { type Session, type SessionDeps, type SessionFlags, sessionAction } from '../session.ts'

const COLUMNS: readonly Column<OperationView>[] = [
  { head: 'OPERATION', cell: ({ id }) => id },
  { head: 'VERB', cell: ({ verb }) => verb },
  { head: 'TARGET', cell: ({ target }) => `${target.kind} ${target.id}` },
  { head: 'STATE', cell: ({ state }) => state },
  { head: 'DONE', cell: progressOf, right: true },
  { head: 'LEFT', cell: ({ eta_ms }) => (eta_ms === null ? null : secondsOf(eta_ms)), right: true },
  { head: 'PROBLEM', cell: ({ problem }) => problem?.detail ?? problem?.title ?? null },
]

function progressOf({ progress: { done, total } }: OperationView): string | null {
  if (total === 0) return null
  return `${Math.floor((done / total) * 100)}% of ${shortSize(total)}`
}

function secondsOf(ms: number): string {
  return `${Math.ceil(ms / 1000)} s`
}

interface ListFlags extends SessionFlags {
  readonly state?: OperationState
}

/** Adds `daxd operations [list | wait | cancel]`. */
export function addOperations(program: Command, deps: SessionDeps): void {
  const operations = program
    .command('operations')
    .summary('work that outlasts its call: list it, wait for it, end it')
    .description('work that outlasts its call: list it, wait for it, end it')
    .helpGroup('What is there:')
  const list = operations.command('list', { isDefault: true })
  list
    .summary('list it (default)')
    .description('list it')
    .addOption(new Option('--state <state>', 'in this state').choices([...OPERATION_STATES]))
  connectionOptions(list).action(
    sessionAction<ListFlags>(deps, async (session, { state }) => {
      const query = state === undefined ? {} : { state }
      const { daxd, signal } = session
      session.show(await daxd.operations.list(query, { signal }).all(), COLUMNS)
      return 'done'
    }),
  )
  const wait = clientCommand(operations, {
    name: 'wait',
    summary: 'wait for an end; the exit code tells which',
    group: 'Commands:',
    examples: ['operations wait OPERATION'],
  }).argument('<operation>', 'by id')
  connectionOptions(wait).action(
    sessionAction<SessionFlags>(deps, (session, _flags, [id = '']) => waitFor(session, id)),
  )
  const cancel = clientCommand(operations, {
    name: 'cancel',
    summary: 'ask work to end; a cancelled drain leaves the device enabled',
    group: 'Commands:',
    examples: ['operations cancel OPERATION'],
  }).argument('<operation...>', 'by id')
  connectionOptions(cancel).action(
    sessionAction<SessionFlags>(deps, (session, _flags, ids) => {
      const targets = ids.map((id) => ({ name: id, found: id }))
      return eachTarget(session, { done: 'cancelled', noun: 'operation' }, targets, async (id) => {
        await session.daxd.operations.cancel(id, { signal: session.signal })
        return 'done'
      })
    }),
  )
}

async function waitFor(session: Session, id: string): Promise<ExitClass> {
  const result = await session.daxd.operations.wait(id, session.follow)
  if (session.json) session.printJson(result ?? null)
  else session.say(`${id}: succeeded`)
  return 'done'
}
