import { judgePrivileges, judgeSysfs } from './access-findings.ts'
import { examineDax, hasPersistentMemory } from './dax-devices.ts'
import { createHostFiles } from './host-files.ts'
import { judgeConfig, judgeDax, judgeOnlinePolicy, judgeTools } from './host-findings.ts'
import type { DoctorBackend, Finding, HostReport, Verdict } from './host-report.ts'
import { readKernelConfig } from './kernel-config.ts'
import { KERNEL_FEATURES } from './kernel-features.ts'
import { examineKernel } from './kernel-findings.ts'
import { readKernelModules } from './kernel-modules.ts'
import { examineHugePages, examineMemory } from './memory.ts'
import { examinePrivileges } from './privileges.ts'
import { examineProcessVisibility } from './process-visibility.ts'
import { createRunCommand, type RunCommand } from './run-command.ts'
import { examineStateDirectory } from './state-directory.ts'
import { examineTools } from './tools.ts'

export interface ExamineOptions {
  /** Where the host's /proc, /sys, /boot, /lib and /usr are found; `/` unless in a test. */
  readonly root?: string
  readonly run?: RunCommand
  /** What the verdict is for; absent judges the host as the kernel backend would. */
  readonly backend?: DoctorBackend
  /** Looked at, and probed with files that are removed again, when given. Not under `root`. */
  readonly stateDirectory?: string
}

/**
 * Says what this host supports and what is missing. Reads files and asks tools for their version,
 * all bounded; changes nothing. Never rejects for what a host lacks: that is a finding.
 */
export async function examineHost(options: ExamineOptions = {}): Promise<HostReport> {
  const { root = '/', run = createRunCommand(), backend = null, stateDirectory } = options
  const files = createHostFiles(root)
  const release = await readRelease(files.text('/proc/sys/kernel/osrelease'))
  const config = await readKernelConfig(files, release)
  const names = KERNEL_FEATURES.flatMap(({ module, impliedBy = [] }) => [module ?? [], impliedBy])
  const modules = await readKernelModules(files, release, names.flat(2))
  const dax = await examineDax(files)
  const memory = await examineMemory(files)
  const tools = await examineTools(files, run)
  const privileges = await examinePrivileges(files)
  const hasPmem = hasPersistentMemory(dax)
  const evidence = { files, config, modules }
  const ofKernelBackend = [
    judgeConfig(config),
    ...(await examineKernel({ evidence, release, hasPmem })),
    ...judgeOnlinePolicy(memory),
    judgeDax(dax),
    await judgeSysfs(files),
    await judgePrivileges(files, privileges),
    ...judgeTools(tools, hasPmem),
  ]
  const findings = [
    ...(backend === 'emulated' ? ofKernelBackend.map(inform) : ofKernelBackend),
    await examineProcessVisibility(files, privileges),
    ...(stateDirectory === undefined ? [] : await examineStateDirectory(stateDirectory, backend)),
  ]
  return {
    verdict: verdictOf(findings),
    backend,
    kernel: {
      release,
      config_source: config.source,
      boot_id: await files.text('/proc/sys/kernel/random/boot_id'),
    },
    findings,
    dax,
    huge_pages: await examineHugePages(files),
    memory,
    tools,
    privileges,
  }
}

/** The release becomes part of paths, so nothing but a plain name will do. */
async function readRelease(text: Promise<string | null>): Promise<string | null> {
  const release = await text
  return release !== null && /^[0-9][\w.+~-]{0,127}$/.test(release) ? release : null
}

/** What only the kernel backend needs is no more than a remark for the emulated one. */
function inform(finding: Finding): Finding {
  return { ...finding, counts: false, status: finding.status === 'fail' ? 'warn' : finding.status }
}

/** The worst of the findings that count; what cannot be seen is a warning. */
function verdictOf(findings: readonly Finding[]): Verdict {
  const statuses = findings.filter(({ counts }) => counts).map(({ status }) => status)
  if (statuses.includes('fail')) return 'fail'
  return statuses.some((status) => status !== 'pass') ? 'warn' : 'pass'
}
