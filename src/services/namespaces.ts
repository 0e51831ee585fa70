import { DaxError } from '../core/errors.ts'
import type { NamespaceRecord, NamespaceRequest } from '../core/model.ts'
import type { Call, Draw, LongCall } from './call.ts'
import type { HostDeps } from './deps.ts'
import type { Drains } from './drains.ts'
import { inFittingRegion, rehearseInFittingRegion } from './fitting.ts'
import { changeNamespace, type NamespaceChange } from './namespace-change.ts'
import { type Removal, removeNamespace } from './namespace-removal.ts'
import type { Followed, Operations } from './operations.ts'
import { planNamespace } from './plan-namespace.ts'
import { provision } from './provision.ts'
import type { Revoked } from './quiet.ts'
import { isSameRequest } from './same-request.ts'
import { prefixOf, requireNameFor } from './tenant-rules.ts'
import { createTurns } from './turns.ts'
import { randomUUID } from './uuid.ts'
import { checkRevision } from './world/transaction.ts'

/** What an existing or a new namespace is answered with. */
export interface Made<T> {
  readonly record: T
  readonly created: boolean
}

/** Desired state: named slices of regions that survive restarts and reboots. */
export interface Namespaces {
  create(
    name: string | undefined,
    request: NamespaceRequest,
    call: LongCall<Made<NamespaceRecord>>,
  ): Promise<Followed<Made<NamespaceRecord>>>
  rehearse<V>(
    name: string | undefined,
    request: NamespaceRequest,
    draw: Draw<NamespaceRecord, V>,
  ): V
  change(
    name: string,
    change: NamespaceChange,
    call: Call<NamespaceRecord>,
  ): Promise<NamespaceRecord>
  remove(name: string, removal: Removal, call: LongCall<Revoked>): Promise<Followed<Revoked>>
}

/** Namespaces over the host; calls for one name wait for each other. */
export function createNamespaces(
  deps: HostDeps & { readonly operations: Operations; readonly drains: Drains },
): Namespaces {
  const { world, operations } = deps
  /** Creations by name, so that the same request meanwhile gets the same namespace. */
  const turns = createTurns()

  async function make(
    name: string,
    request: NamespaceRequest,
    call: Call<Made<NamespaceRecord>>,
  ): Promise<NamespaceRecord> {
    const wanted = { name, uuid: request.uuid ?? randomUUID(), claim: null, request }
    return inFittingRegion(deps, request, (region) =>
      provision(deps, region, wanted, {
        onPlanned: (tx) => call.note?.(tx, 'begun'),
        onUndone: (tx) => call.note?.(tx, 'undone'),
        onStuck: (tx) => call.note?.(tx, 'undone'),
        onReady(tx, { namespace }) {
          call.remember?.(tx, { record: namespace, created: true })
          return namespace
        },
      }),
    )
  }

  async function createOnce(
    name: string,
    request: NamespaceRequest,
    call: Call<Made<NamespaceRecord>>,
  ): Promise<Made<NamespaceRecord>> {
    const known = existing(world.working.get('namespace', name), request)
    if (known === null && call.ifMatch !== undefined) {
      throw new DaxError('precondition_failed', `There is no namespace ${name}.`)
    }
    if (known !== null) {
      checkRevision(known, call.ifMatch)
      const result = { record: known, created: false }
      await world.commit((tx) => call.remember?.(tx, result))
      await world.barrier()
      return result
    }
    return { record: await make(name, request, call), created: true }
  }

  const madeUp = ({ tenant }: NamespaceRequest, rest: string): string =>
    `${prefixOf(world.working, tenant)}ns-${rest}`

  return {
    async create(name, request, call) {
      const known = name ?? madeUp(request, randomUUID().slice(0, 13))
      requireNameFor(world.working, request.tenant ?? null, 'namespace', known)
      const total = typeof request.size === 'number' ? request.size : 0
      return operations.follow(
        { verb: 'create-namespace', target: { kind: 'namespace', id: known }, total },
        call,
        () => turns.take(known, () => createOnce(known, request, call)),
      )
    },
    rehearse(name, request, draw) {
      const tenant = request.tenant ?? null
      if (name !== undefined) requireNameFor(world.working, tenant, 'namespace', name)
      const known = name === undefined ? undefined : world.working.get('namespace', name)
      const same = existing(known, request)
      if (same !== null) return draw(same, world.durable)
      const wanted = {
        name: name ?? madeUp(request, 'dry-run'),
        uuid: request.uuid ?? randomUUID(),
        claim: null,
        request,
      }
      return rehearseInFittingRegion(deps, request, (tx, region) =>
        draw(planNamespace(deps, tx, region, wanted).namespace, tx.view),
      )
    },
    change: (name, change, call) => changeNamespace(deps, name, change, call),
    remove: (name, removal, call) => removeNamespace(deps, name, removal, call),
  }
}

/**
 * The namespace that answers a repeated request.
 * @throws DaxError `name_taken` (EEXIST) for another request, `in_transition` while it goes away.
 */
function existing(
  known: NamespaceRecord | undefined,
  request: NamespaceRequest,
): NamespaceRecord | null {
  if (known === undefined) return null
  if (!isSameRequest(known.request, request)) {
    const detail = `Namespace ${known.name} was made by a different request.`
    throw new DaxError('name_taken', detail)
  }
  if (known.state === 'deleting' || known.state === 'wiping') {
    throw new DaxError('in_transition', `Namespace ${known.name} is being deleted.`)
  }
  return known
}
