import type { Session } from './session.ts'

/** What a revoke has hit. */
interface Revoked {
  readonly mappings: number
  readonly processes: readonly { readonly pid: number; readonly comm: string }[]
}

/** Says who was hurt by a revoke; nothing where there was none. */
export function sayRevoked(session: Session, name: string, revoked: Revoked | undefined): void {
  if (revoked === undefined) return
  const { mappings, processes } = revoked
  const who = processes.map(({ pid, comm }) => `${pid} (${comm})`).join(', ')
  const lost = who === '' ? 'no process had it' : `taken from ${who}`
  session.say(`${name}: ${mappings} ${mappings === 1 ? 'mapping' : 'mappings'} revoked, ${lost}`)
}
