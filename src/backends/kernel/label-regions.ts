import { DaxError } from '../../core/errors.ts'
import { readBusDevice, readBusDevices } from './dax-bus.ts'
import type { KernelHost } from './kernel-host.ts'
import { readNdNamespaces, readNdRegions } from './nd-bus.ts'
import { initLabels } from './ndctl.ts'
import { usersOf } from './observe-users.ts'
import { listNames, readText } from './read-sysfs.ts'

/**
 * Writes labels on every region of libnvdimm that has none. All that is on such a region is lost,
 * so this is done only for an operator who has asked for it.
 *
 * @throws DaxError `busy` while a namespace of one is in use, `unsupported` without ndctl.
 */
export async function labelRegions(host: KernelHost): Promise<void> {
  const namespaces = await readNdNamespaces(host)
  for (const region of await readNdRegions(host)) {
    if (region.labelled) continue
    const namespace = namespaces.find((item) => item.region === region.id)?.dev ?? null
    const dimms = await dimmsOf(region.path)
    if (dimms.length === 0) continue
    await refuseUsers(host, region.id)
    await initLabels(host, { region: `region${region.id}`, namespace, dimms })
    for (const chardev of await host.nodes.hidden()) {
      if ((await readBusDevice(host, chardev)) === null) await host.nodes.forget(chardev)
    }
    host.log.warn({ region: region.id, dimms }, 'labels written; what the region held is lost')
  }
}

/**
 * ndctl looks for mounted file systems, not for processes that have a dax device open or mapped.
 * @throws DaxError `busy` (EBUSY) with the processes.
 */
async function refuseUsers(host: KernelHost, region: number): Promise<void> {
  for (const device of await readBusDevices(host)) {
    if (device.kind !== 'static' || device.region !== region) continue
    await host.nodes.hide(device)
    const users = await usersOf(host, device)
    if (users.length === 0) continue
    await host.nodes.show(device)
    const detail = `${users.length} processes have ${device.chardev} open; its region keeps its form.`
    const holders = users.map(({ pid, comm }) => ({ kind: 'process', pid, comm }) as const)
    throw new DaxError('busy', detail, { holders })
  }
}

/** Source: `mappingN` of a region reads `nmemD,offset,length,position`. */
async function dimmsOf(path: string): Promise<string[]> {
  const names = listNames(path).filter((name) => /^mapping\d+$/.test(name))
  const texts = await Promise.all(names.map((name) => readText(path, name)))
  const dimms = texts.map((text) => text?.split(',')[0] ?? '')
  return [...new Set(dimms.filter((dimm) => /^nmem\d+$/.test(dimm)))]
}
