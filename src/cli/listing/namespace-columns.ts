import type { NamespaceView } from '../../../schemas/index.ts'
import { shortSize } from '../output/human-size.ts'
import type { Column } from '../output/table.ts'

/** What every table of namespaces begins with. */
export const NAMESPACE_COLUMNS: readonly Column<NamespaceView>[] = [
  { head: 'NAMESPACE', cell: ({ name }) => name },
  { head: 'DEVICE', cell: ({ chardev }) => chardev },
  { head: 'REGION', cell: ({ region }) => region, right: true },
  { head: 'SIZE', cell: ({ size }) => shortSize(size), right: true },
  { head: 'ALIGN', cell: ({ align }) => shortSize(align), right: true },
  { head: 'MODE', cell: ({ mode }) => mode },
]
