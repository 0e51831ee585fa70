import type { NamespaceView } from '../../../schemas/index.ts'
import { ndctlNamespace, numbersFor } from '../listing/daxctl-json.ts'
import { NAMESPACE_COLUMNS } from '../listing/namespace-columns.ts'
import type { Column } from '../output/table.ts'
import type { Session } from '../session.ts'

const COLUMNS: readonly Column<NamespaceView>[] = [
  ...NAMESPACE_COLUMNS,
  { head: 'STATE', cell: ({ state }) => state },
]

/** Namespaces that were made, as ndctl shows them: one is an object, and not in brackets. */
export async function showNamespaces(
  session: Session,
  namespaces: readonly NamespaceView[],
): Promise<void> {
  const { daxd, signal } = session
  const entries = await Promise.all(
    namespaces.map(async (namespace) => {
      const { chardev } = namespace
      const device = chardev === null ? undefined : await daxd.devices.get(chardev, {}, { signal })
      return ndctlNamespace(namespace, { numbers: numbersFor(false), device, daxregion: true })
    }),
  )
  session.show(namespaces, COLUMNS, entries.length === 1 ? entries[0] : entries)
}
