import { passed, troubled } from './finding.ts'
import type { HostFiles } from './host-files.ts'
import type { Finding, PrivilegesReport } from './host-report.ts'

/** Whether sysfs takes writes: containers often get it read-only. */
export async function judgeSysfs(files: HostFiles): Promise<Finding> {
  const subject = { id: 'sysfs', group: 'host', title: 'Sysfs' } as const
  const cost = 'Devices cannot be made, resized, enabled or disabled.'
  const mounts = ((await files.text('/proc/self/mounts')) ?? '').split('\n')
  const options = mounts.findLast((mount) => mount.includes(' /sys sysfs '))?.split(' ')[3]
  if (options === undefined) {
    const mend = 'mount -t sysfs sysfs /sys'
    return troubled(subject, { status: 'unknown', detail: 'no mount of /sys seen', cost, mend })
  }
  if (options.split(',').includes('ro')) {
    const mend = 'mount -o remount,rw /sys; in a container, run it privileged.'
    return troubled(subject, { status: 'fail', detail: '/sys is read-only', cost, mend })
  }
  return passed(subject, 'mounted for writing')
}

/** Whether this process may do what the kernel backend does. */
export async function judgePrivileges(
  files: HostFiles,
  privileges: PrivilegesReport,
): Promise<Finding> {
  const subject = { id: 'privileges', group: 'host', title: 'Privileges' } as const
  const uidMap = await files.text('/proc/self/uid_map')
  const confined = uidMap !== null && !/^0\s+0\s+4294967295$/.test(uidMap)
  const who = `uid ${privileges.uid ?? 'unknown'}`
  const holds = (name: string): boolean => privileges.capabilities.includes(name)
  const mend = 'Run daxd as root in the host (a container: privileged, no user namespace).'
  const cost = 'The kernel refuses writes to sysfs, so no device can be changed.'
  if (confined) {
    const detail = `${who} of a user namespace`
    return troubled(subject, { status: 'fail', detail, cost, mend })
  }
  if (privileges.uid !== 0 && !holds('CAP_DAC_OVERRIDE')) {
    return troubled(subject, { status: 'fail', detail: `${who}, not root`, cost, mend })
  }
  if (holds('CAP_SYS_ADMIN')) return passed(subject, `${who} with CAP_SYS_ADMIN`)
  return troubled(subject, {
    status: 'warn',
    detail: `${who} without CAP_SYS_ADMIN`,
    cost: 'Physical addresses are hidden and ndctl may be refused.',
    mend,
  })
}
