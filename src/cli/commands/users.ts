import type { Command } from 'commander'
import type { DeviceUsersView } from '../../../schemas/index.ts'
import { clientCommand, connectionOptions, numberArgument } from '../client-command.ts'
import { chardevOf } from '../listing/list-selection.ts'
import { shortSize } from '../output/human-size.ts'
import { type Column, renderTable } from '../output/table.ts'
import { type SessionDeps, type SessionFlags, sessionAction } from '../session.ts'

type Holder = DeviceUsersView['holders'][number]
type Process = DeviceUsersView['processes'][number]

const place = (offset: number, length: number): string =>
  `0x${offset.toString(16)} + ${shortSize(length)}`

const HOLDER_COLUMNS: readonly Column<Holder>[] = [
  { head: 'KIND', cell: ({ kind }) => kind },
  { head: 'ID', cell: (held) => ('id' in held ? held.id : `${held.count} of others`) },
  { head: 'HOLDER', cell: (held) => ('holder' in held ? held.holder : null) },
  { head: 'TENANT', cell: (held) => ('tenant' in held ? held.tenant : null) },
  { head: 'GEN', cell: (held) => ('generation' in held ? held.generation : null), right: true },
  {
    head: 'PLACE',
    cell: (held) => {
      if (!('id' in held) || held.offset === undefined || held.length === undefined) return null
      return place(held.offset, held.length)
    },
  },
]

const PROCESS_COLUMNS: readonly Column<Process>[] = [
  { head: 'PID', cell: ({ pid }) => pid, right: true },
  { head: 'COMMAND', cell: ({ comm }) => comm },
  { head: 'CONTAINER', cell: ({ container_id }) => container_id?.slice(0, 12) ?? null },
  { head: 'POD', cell: ({ pod_uid }) => pod_uid },
  { head: 'FDS', cell: ({ fds }) => fds.join(',') },
  {
    head: 'MAPPED',
    cell: ({ mapped }) => mapped.map(({ offset, length }) => place(offset, length)).join(', '),
  },
  { head: 'STALE', cell: ({ stale }) => (stale ? 'yes' : null) },
]

/** Adds `daxd users`: who holds a device in the books, and who really has it. */
export function addUsers(program: Command, deps: SessionDeps): void {
  const command = clientCommand(program, {
    name: 'users',
    summary: 'who uses a device: holders in the books, and processes of the host',
    group: 'Who has what:',
    examples: ['users dax0.1', 'users --generation 3 dax0.1 --json'],
  })
    .argument('<device>', 'as dax0.1 or 0.1')
    .option('--generation <n>', 'of an older bearer of the name', numberArgument)
  connectionOptions(command).action(
    sessionAction<SessionFlags & { generation?: number }>(
      deps,
      async (session, { generation }, [device = '']) => {
        const query = generation === undefined ? {} : { generation }
        const { daxd, signal } = session
        const users = await daxd.devices.users(chardevOf(device), query, { signal })
        if (session.json) session.printJson(users)
        else session.print(usersText(users))
        if (!users.complete) session.say('Some processes of the host could not be looked at.')
        return 'done'
      },
    ),
  )
}

function usersText({ chardev, generation, holders, processes }: DeviceUsersView): string {
  const told = [
    ...(holders.length === 0 ? [] : [`In the books:\n${renderTable(HOLDER_COLUMNS, holders)}`]),
    ...(processes.length === 0 ? [] : [`On the host:\n${renderTable(PROCESS_COLUMNS, processes)}`]),
  ]
  if (told.length === 0) return `Nobody uses ${chardev} (generation ${generation}).\n`
  return told.join('\n')
}
