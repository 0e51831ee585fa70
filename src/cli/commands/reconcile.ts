import type { Command } from 'commander'
import type { ReconciliationItem } from '../../../schemas/index.ts'
import { parseChardev } from '../../core/chardev.ts'
import { clientCommand, connectionOptions } from '../client-command.ts'
import { eachTarget } from '../each-target.ts'
import type { Column } from '../output/table.ts'
import { type SessionDeps, type SessionFlags, sessionAction } from '../session.ts'

const COLUMNS: readonly Column<ReconciliationItem>[] = [
  { head: 'KIND', cell: ({ kind }) => kind },
  { head: 'OBJECT', cell: ({ object }) => object },
  { head: 'ACTIONS', cell: ({ actions }) => actions.join(', ') },
  { head: 'DETAIL', cell: ({ detail }) => detail },
]

const ACTIONS = [
  { action: 'adopt', done: 'adopted', summary: 'take over what others have made' },
  { action: 'forget', done: 'forgot', summary: 'strike out of the books what is not there' },
  { action: 'repair', done: 'repaired', summary: 'bring the host to what the books say' },
] as const

/** Adds `daxd reconcile [show | adopt | forget | repair]`. */
export function addReconcile(program: Command, deps: SessionDeps): void {
  const reconcile = program
    .command('reconcile')
    .summary('how the books and the host differ, and what to do about it')
    .description('how the books and the host differ, and what to do about it')
    .helpGroup('What is there:')
  const show = reconcile.command('show', { isDefault: true })
  show
    .summary('list the differences (default)')
    .description('list the differences')
    .addHelpText('after', '\nExit code: 0 there are none, 1 there are some.')
  connectionOptions(show).action(
    sessionAction<SessionFlags>(deps, async (session) => {
      const { items } = await session.daxd.reconciliation.get({ signal: session.signal })
      if (session.json || items.length > 0) session.show(items, COLUMNS)
      else session.print('The books and the host agree.\n')
      return items.length === 0 ? 'done' : 'no'
    }),
  )
  for (const { action, done, summary } of ACTIONS) {
    const command = clientCommand(reconcile, {
      name: action,
      summary,
      group: 'Commands:',
      examples: [`reconcile ${action} device/dax0.1`],
    }).argument('<object...>', 'as "daxd reconcile" names it; a device also as dax0.1')
    connectionOptions(command).action(
      sessionAction<SessionFlags>(deps, (session, _flags, objects) => {
        const targets = objects.map((name) => ({ name, found: objectOf(name) }))
        return eachTarget(session, { done, noun: 'object' }, targets, async (object) => {
          await session.daxd.reconciliation.act({ object, action }, { signal: session.signal })
          return 'done'
        })
      }),
    )
  }
}

/** A device is named in every other command without its kind. */
function objectOf(name: string): string {
  return parseChardev(name) === null ? name : `device/${name}`
}
