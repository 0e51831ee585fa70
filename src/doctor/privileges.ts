import { constants } from 'node:fs'
import { access } from 'node:fs/promises'
import { capabilityNames } from './capability-names.ts'
import type { HostFiles } from './host-files.ts'
import type { PrivilegesReport } from './host-report.ts'

/** Who this process is to the kernel, and which dax nodes it may open for reading and writing. */
export async function examinePrivileges(files: HostFiles): Promise<PrivilegesReport> {
  const status = (await files.text('/proc/self/status')) ?? ''
  const uid = /^Uid:\s+\d+\s+(\d+)/m.exec(status)?.[1]
  const names = ((await files.list('/dev')) ?? []).filter((name) => /^dax\d+\.\d+$/.test(name))
  const answers = await Promise.all(names.map((name) => isOpenable(files.locate(`/dev/${name}`))))
  return {
    uid: uid === undefined ? null : Number(uid),
    capabilities: capabilityNames(/^CapEff:\s+(\S+)/m.exec(status)?.[1] ?? ''),
    dev_dax_access: { nodes: names.length, openable: answers.filter(Boolean).length },
  }
}

async function isOpenable(path: string): Promise<boolean> {
  return access(path, constants.R_OK | constants.W_OK).then(
    () => true,
    () => false,
  )
}
