import { unreachable } from '../core/invariant.ts'
import { type KernelEvidence, levelOf, missingTrace } from './feature-level.ts'
import type { FeatureLevel, Finding, FindingStatus } from './host-report.ts'
import { KERNEL_FEATURES, type KernelFeature } from './kernel-features.ts'
import type { KernelModules } from './kernel-modules.ts'

/** What the judgement of the kernel depends on besides the kernel. */
export interface KernelNeeds {
  readonly evidence: KernelEvidence
  readonly release: string | null
  /** The host has persistent memory, so that what serves it is required. */
  readonly hasPmem: boolean
}

/** One finding per kernel feature, graded for the kernel backend. */
export async function examineKernel(needs: KernelNeeds): Promise<readonly Finding[]> {
  const { evidence } = needs
  const levels = new Map<string, FeatureLevel>()
  for (const feature of KERNEL_FEATURES) {
    levels.set(feature.option, await levelOf(feature, evidence))
  }
  const isOff = (option: string): boolean => {
    const level = levels.get(option)
    if (level !== undefined) return level === 'not_set'
    return evidence.config.options?.has(option) === false
  }
  const findings: Finding[] = []
  for (const feature of KERNEL_FEATURES) {
    const level = levels.get(feature.option) ?? 'unknown'
    const missing = level === 'built_in' ? await missingTrace(feature, evidence.files) : null
    const judgement =
      missing === null
        ? judge(feature, level, feature.needs.filter(isOff), needs)
        : contradict(feature, missing, needs)
    findings.push({
      id: feature.option.toLowerCase(),
      group: 'kernel',
      title: feature.title,
      counts: true,
      level,
      ...judgement,
    })
  }
  return findings
}

type Judgement = Pick<Finding, 'status' | 'detail' | 'cost' | 'mend'>

function judge(
  feature: KernelFeature,
  level: FeatureLevel,
  needsOff: readonly string[],
  needs: KernelNeeds,
): Judgement {
  const { modules } = needs.evidence
  const name = feature.module === undefined ? '' : ` (${feature.module})`
  const { cost, option } = feature
  const absent: FindingStatus = isVital(feature, needs.hasPmem) ? 'fail' : 'warn'
  switch (level) {
    case 'built_in':
      return { status: 'pass', detail: `${option} built in`, cost: null, mend: null }
    case 'module_loaded':
      return {
        status: 'pass',
        detail: `${option} as a module, loaded${name}`,
        cost: null,
        mend: null,
      }
    case 'module_available': {
      const mend = loadLine(feature, modules)
      return { status: 'warn', detail: `${option} as a module, not loaded${name}`, cost, mend }
    }
    case 'module_missing': {
      const mend = installLine(feature, modules, needs.release)
      return { status: absent, detail: `${option} as a module, file missing${name}`, cost, mend }
    }
    case 'not_set': {
      const why = needsOff.length === 0 ? '' : `: ${needsOff.join(', ')} off`
      return {
        status: absent,
        detail: `${option} not set${why}`,
        cost,
        mend: buildLine(feature, needsOff),
      }
    }
    case 'unknown': {
      const mend = `Look for CONFIG_${option} in the configuration of this kernel.`
      return {
        status: 'unknown',
        detail: `${option} cannot be seen`,
        cost: `If off: ${cost}`,
        mend,
      }
    }
    default:
      return unreachable(level)
  }
}

function contradict(feature: KernelFeature, missing: string, needs: KernelNeeds): Judgement {
  return {
    status: isVital(feature, needs.hasPmem) ? 'fail' : 'warn',
    detail: `${feature.option} built in, yet there is no ${missing}`,
    cost: feature.cost,
    mend: 'See that the CPU supports it, that /sys is not masked and the configuration not stale.',
  }
}

function isVital(feature: KernelFeature, hasPmem: boolean): boolean {
  return feature.weight === 'required' || (feature.weight === 'pmem' && hasPmem)
}

function loadLine(feature: KernelFeature, modules: KernelModules): string {
  const line = modules.loadingDisabled
    ? `Put ${feature.module} into /etc/modules-load.d and reboot: kernel.modules_disabled is 1.`
    : `modprobe ${feature.module} (at every boot: a line in /etc/modules-load.d/daxd.conf).`
  return feature.caution === undefined ? line : `${line} ${feature.caution}`
}

function installLine(
  feature: KernelFeature,
  modules: KernelModules,
  release: string | null,
): string {
  if (modules.directory === null) {
    return `Install the modules of ${release}; in a container, mount the host's /lib/modules.`
  }
  if (modules.available?.has(feature.module ?? '') === true) {
    return `depmod lists ${feature.module} but the file is gone: reinstall the kernel package.`
  }
  return (
    `Install the package with ${feature.module} for ${release} ` +
    '(Ubuntu: linux-modules-extra), then run depmod -a.'
  )
}

function buildLine(feature: KernelFeature, needsOff: readonly string[]): string {
  if (feature.option.startsWith('HAVE_ARCH_')) {
    return 'Use align 2097152 or 4096: the option belongs to the architecture.'
  }
  const wanted = [...needsOff, feature.option].map((option) => `CONFIG_${option}`).join(', ')
  return `Boot a kernel built with ${wanted}.`
}
