import { DaxError } from '../core/errors.ts'
import type { IfBusy } from '../core/vocabulary.ts'
import type { LongCall } from './call.ts'
import type { HostDeps } from './deps.ts'
import type { DrainCheck, Drains } from './drains.ts'
import { need, needStill } from './lookup.ts'
import type { Followed, Operations } from './operations.ts'
import { needOwn } from './ownership.ts'
import type { Revoked } from './quiet.ts'
import { requireSettled, retireDevice } from './retire.ts'
import { checkRevision } from './world/transaction.ts'

export interface Removal {
  readonly ifBusy: IfBusy
  readonly timeoutMs?: number
}

/** Takes a namespace and its device off the host, as its users allow. */
export function removeNamespace(
  deps: HostDeps & { readonly operations: Operations; readonly drains: Drains },
  name: string,
  removal: Removal,
  call: LongCall<Revoked>,
): Promise<Followed<Revoked>> {
  const { world, queues, operations, drains } = deps
  const namespace = needOwn(world.working, 'namespace', name, call.caller)
  checkRevision(namespace, call.ifMatch)
  if (namespace.claim !== null) {
    throw new DaxError('owned_by_claim', `Namespace ${name} belongs to claim ${namespace.claim}.`, {
      holders: [{ kind: 'claim', id: namespace.claim }],
    })
  }
  requireSettled(namespace)
  const device = need(world.working, 'device', namespace.device ?? '')
  const finish = async (
    revoke: boolean,
    { check, progress }: { check?: DrainCheck; progress?: (done: number) => void },
  ): Promise<Revoked> => {
    const { revoked, rest } = await queues.run(namespace.region, () => {
      check?.()
      const current = needStill(world.working, 'namespace', name, namespace)
      checkRevision(current, removal.ifBusy === 'drain' ? undefined : call.ifMatch)
      requireSettled(current)
      return retireDevice(deps, device.uid, revoke, {
        ...(progress ? { onProgress: progress } : {}),
        onIntent: (tx) => call.note?.(tx, 'begun'),
        onGone: (tx) => call.remember?.(tx, { mappings: 0, processes: [] }),
        onStuck: (tx) => call.note?.(tx, 'undone'),
      })
    })
    await rest?.()
    return revoked
  }
  const about = { verb: 'destroy-namespace', target: { kind: 'namespace', id: name } } as const
  if (removal.ifBusy === 'drain') {
    const { timeoutMs } = removal
    return drains.start({ ...about, device, timeoutMs }, call, (check) => finish(false, { check }))
  }
  return operations.follow({ ...about, total: namespace.size }, call, (control) =>
    finish(removal.ifBusy === 'revoke', { progress: (done) => control.progress(done) }),
  )
}
