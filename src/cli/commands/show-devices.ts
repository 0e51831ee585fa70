import type { DeviceView } from '../../../schemas/index.ts'
import { daxctlDevice, numbersFor } from '../listing/daxctl-json.ts'
import { shortSize } from '../output/human-size.ts'
import type { Column } from '../output/table.ts'
import type { Session } from '../session.ts'

const COLUMNS: readonly Column<DeviceView>[] = [
  { head: 'DEVICE', cell: ({ chardev }) => chardev },
  { head: 'NAMESPACE', cell: ({ namespace }) => namespace },
  { head: 'SIZE', cell: ({ size }) => shortSize(size), right: true },
  { head: 'ALIGN', cell: ({ align }) => shortSize(align), right: true },
  { head: 'MODE', cell: ({ mode }) => mode },
  { head: 'STATE', cell: ({ state }) => state },
]

/** Devices that were made or changed, as daxctl shows them; nothing for none. */
export function showDevices(
  session: Session,
  devices: readonly DeviceView[],
  human: boolean,
): void {
  if (devices.length === 0 && !session.jsonAsked) return
  const options = { numbers: numbersFor(human), mappings: false }
  const entries = devices.map((device) => daxctlDevice(device, options))
  session.show(devices, COLUMNS, human && entries.length === 1 ? entries[0] : entries)
}
