import type { NamespacePatch, NamespaceView } from '../../../schemas/index.ts'
import { UsageError } from '../../usage-error.ts'
import type { ExitClass } from '../exit-codes.ts'
import { findNamespaces } from '../listing/find-targets.ts'
import type { Session } from '../session.ts'
import { disable } from './device-life.ts'
import { modeOf, type NamespaceFlags } from './namespace-request.ts'
import { showNamespaces } from './show-namespaces.ts'

/** What ndctl can give another of, and daxd cannot. */
const FIXED = ['name', 'uuid', 'map', 'share', 'tenant', 'pool', 'contiguous'] as const

/**
 * `create-namespace -e`: changes size, align or mode of a namespace. An enabled one is disabled for
 * it with --force only, and enabled again whatever comes of it.
 */
export async function reconfigureNamespace(
  session: Session,
  flags: NamespaceFlags & { readonly namespace: string },
): Promise<ExitClass> {
  const fixed = FIXED.find((name) => flags[name] !== undefined)
  if (fixed !== undefined) {
    throw new UsageError(`--${fixed} is for good; destroy the namespace and create another.`)
  }
  const change = changeOf(flags)
  if (Object.keys(change).length === 0) throw new UsageError('Give --size, --align or --mode.')
  const [target] = await findNamespaces(session, [flags.namespace], undefined)
  if (target?.found === undefined) {
    session.say(`daxd: ${flags.namespace}: There is no such namespace.`)
    return 'notFound'
  }
  const { name, chardev } = target.found
  const { daxd, signal } = session
  const isEnabled =
    chardev !== null && (await daxd.devices.get(chardev, {}, { signal })).state !== 'disabled'
  if (isEnabled && flags.force !== true) {
    session.say(`daxd: ${name}: It is active; disable it first, or give --force.`)
    return 'busy'
  }
  if (isEnabled) await disable(session, { chardev }, {})
  let changed: NamespaceView
  try {
    changed = await daxd.namespaces.patch(name, change, { signal })
  } finally {
    if (isEnabled) await daxd.devices.enable(chardev, { signal })
  }
  await showNamespaces(session, [changed])
  return 'done'
}

function changeOf({ size, align, mode, wipe, label }: NamespaceFlags): NamespacePatch {
  if (size === 'max') throw new UsageError('--size max is for creations; give a size.')
  return {
    ...(size === undefined ? {} : { size }),
    ...(align === undefined ? {} : { align }),
    ...(mode === undefined ? {} : { mode: modeOf(mode) }),
    ...(wipe === undefined ? {} : { wipe }),
    ...(label === undefined ? {} : { labels: label }),
  }
}
