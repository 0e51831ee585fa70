/** Lists of what there is, one command for each kind that `daxd list` does not show. */
import type { Command } from 'commander'
import type { ClaimView, LeaseView, TenantView } from '../../../schemas/index.ts'
import { clientCommand, connectionOptions } from '../client-command.ts'
import { chardevOf } from '../listing/list-selection.ts'
import { shortSize } from '../output/human-size.ts'
import type { Column } from '../output/table.ts'
import { type Session, type SessionDeps, type SessionFlags, sessionAction } from '../session.ts'
import { HANDLE_COLUMNS, MAPPING_COLUMNS } from './handles.ts'

const GROUP = 'Who has what:'

const CLAIM_COLUMNS: readonly Column<ClaimView>[] = [
  { head: 'CLAIM', cell: ({ name }) => name },
  { head: 'HOLDER', cell: ({ holder }) => holder },
  { head: 'SHARING', cell: ({ sharing }) => sharing },
  { head: 'STATE', cell: ({ state }) => state },
  { head: 'DEVICE', cell: ({ chardev }) => chardev },
  { head: 'OFFSET', cell: ({ offset }) => `0x${offset.toString(16)}`, right: true },
  { head: 'LENGTH', cell: ({ length }) => shortSize(length), right: true },
  { head: 'LEASE', cell: ({ lease }) => lease },
  { head: 'TENANT', cell: ({ tenant }) => tenant },
]

const LEASE_COLUMNS: readonly Column<LeaseView>[] = [
  { head: 'LEASE', cell: ({ id }) => id },
  { head: 'HOLDER', cell: ({ holder }) => holder },
  { head: 'TTL', cell: ({ ttl_ms }) => `${ttl_ms / 1000} s`, right: true },
  { head: 'EXPIRES', cell: ({ expires_at }) => expires_at },
  { head: 'TOKEN', cell: ({ token }) => token, right: true },
  { head: 'CLAIM', cell: ({ claim }) => claim },
]

const TENANT_COLUMNS: readonly Column<TenantView>[] = [
  { head: 'TENANT', cell: ({ name }) => name },
  { head: 'PREFIX', cell: ({ name_prefix }) => name_prefix },
  { head: 'USED', cell: ({ usage }) => shortSize(usage.bytes), right: true },
  {
    head: 'QUOTA',
    cell: ({ quota: { bytes } }) => (bytes === undefined ? null : shortSize(bytes)),
    right: true,
  },
  { head: 'WIPE', cell: ({ wipe }) => wipe },
  { head: 'STATE', cell: ({ state }) => state },
]

interface Filters extends SessionFlags {
  readonly device?: string
  readonly holder?: string
}

/** What a filter asks of the daemon, by the contract's names. */
function queryOf({ device, holder }: Filters): { chardev?: string; holder?: string } {
  return {
    ...(device === undefined ? {} : { chardev: chardevOf(device) }),
    ...(holder === undefined ? {} : { holder }),
  }
}

/** Adds claims, handles, mappings, leases and tenants. */
export function addCollections(program: Command, deps: SessionDeps): void {
  const add = (
    name: string,
    filters: readonly ('device' | 'holder')[],
    show: (session: Session, flags: Filters) => Promise<void>,
  ): void => {
    const group = name === 'tenants' ? 'What is there:' : GROUP
    const command = clientCommand(program, {
      name,
      summary: `list ${name}`,
      group,
      examples: [name, `${name} --json`],
    })
    if (filters.includes('device')) command.option('-d, --device <device>', 'of this device only')
    if (filters.includes('holder')) command.option('--holder <name>', 'of this holder only')
    connectionOptions(command).action(
      sessionAction<Filters>(deps, async (session, flags) => {
        await show(session, flags)
        return 'done'
      }),
    )
  }
  add('claims', ['holder'], async (session, { holder }) => {
    const { daxd, signal } = session
    const query = holder === undefined ? {} : { holder }
    session.show(await daxd.claims.list(query, { signal }).all(), CLAIM_COLUMNS)
  })
  add('handles', ['device', 'holder'], async (session, flags) => {
    const { daxd, signal } = session
    session.show(await daxd.handles.list(queryOf(flags), { signal }).all(), HANDLE_COLUMNS)
  })
  add('mappings', ['device', 'holder'], async (session, flags) => {
    const { daxd, signal } = session
    session.show(await daxd.mappings.list(queryOf(flags), { signal }).all(), MAPPING_COLUMNS)
  })
  add('leases', ['holder'], async (session, { holder }) => {
    const { daxd, signal } = session
    const query = holder === undefined ? {} : { holder }
    session.show(await daxd.leases.list(query, { signal }).all(), LEASE_COLUMNS)
  })
  add('tenants', [], async (session) => {
    const { daxd, signal } = session
    session.show(await daxd.tenants.list({}, { signal }).all(), TENANT_COLUMNS)
  })
}
