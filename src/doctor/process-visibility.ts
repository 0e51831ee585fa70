import { readlink } from 'node:fs/promises'
import { passed, troubled } from './finding.ts'
import { errorCode, type HostFiles } from './host-files.ts'
import type { Finding, PrivilegesReport } from './host-report.ts'

/** Most processes that are tried; enough to tell whether others hide. */
const PROCESSES_MAX = 1024
/** Most processes that the finding names. */
const PIDS_NAMED_MAX = 3
/** The number that the first pid namespace has on every kernel: PROC_PID_INIT_INO. */
const FIRST_PID_NAMESPACE = 'pid:[4026531836]'

const SUBJECT = { id: 'process_visibility', group: 'host', title: 'Other processes' } as const
const COST =
  'A device that such a process has open or mapped looks unused, so busy checks may miss it.'

/**
 * Whether the open files and mappings of every process can be read. Reading the link `exe` asks
 * the same permission of the kernel as reading the links in `fd`: ptrace read access.
 */
export async function examineProcessVisibility(
  files: HostFiles,
  privileges: PrivilegesReport,
): Promise<Finding> {
  const pids = ((await files.list('/proc')) ?? []).filter((name) => /^\d+$/.test(name))
  const hidden = await isHidden(files, privileges)
  const namespace = await files.link('/proc/self/ns/pid')
  const tried = pids.slice(0, PROCESSES_MAX)
  const answers = await Promise.all(tried.map((pid) => isRefused(files.locate(`/proc/${pid}/exe`))))
  const refused = tried.filter((_, index) => answers[index])
  if (pids.length === 0) {
    return finding('unknown', 'no process is seen in /proc', 'Mount /proc where daxd runs.')
  }
  if (hidden || refused.length > 0) {
    const named = refused.slice(0, PIDS_NAMED_MAX).join(', ')
    const more = refused.length > PIDS_NAMED_MAX ? ', ...' : ''
    const detail = hidden
      ? '/proc is mounted with hidepid'
      : `${refused.length} of ${tried.length} closed to us (pid ${named}${more})`
    const mend = privileges.capabilities.includes('CAP_SYS_PTRACE')
      ? 'Run daxd in the host itself: a security module or a parent user namespace guards them.'
      : 'Run daxd as root or with CAP_SYS_PTRACE in the host.'
    return finding('warn', detail, mend)
  }
  if (namespace !== null && namespace !== FIRST_PID_NAMESPACE) {
    const mend = 'Share the host pid namespace: --pid=host, or hostPID: true in Kubernetes.'
    return finding('warn', 'only this pid namespace is seen', mend)
  }
  return passed(SUBJECT, `all ${tried.length} tried are open to us`)
}

function finding(status: 'warn' | 'unknown', detail: string, mend: string): Finding {
  return troubled(SUBJECT, { status, detail, cost: COST, mend })
}

/** hidepid leaves whole processes out for those without CAP_SYS_PTRACE, so none is refused. */
async function isHidden(files: HostFiles, privileges: PrivilegesReport): Promise<boolean> {
  const mounts = (await files.text('/proc/self/mounts')) ?? ''
  const line = mounts.split('\n').findLast((mount) => mount.includes(' /proc proc ')) ?? ''
  const hides = /\bhidepid=(1|2|4|noaccess|invisible|ptraceable)\b/.test(line)
  return hides && !privileges.capabilities.includes('CAP_SYS_PTRACE')
}

async function isRefused(path: string): Promise<boolean> {
  return readlink(path).then(
    () => false,
    (error: unknown) => ['EACCES', 'EPERM'].includes(errorCode(error)),
  )
}
