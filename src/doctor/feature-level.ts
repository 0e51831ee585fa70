import type { HostFiles } from './host-files.ts'
import type { FeatureLevel } from './host-report.ts'
import type { KernelConfig } from './kernel-config.ts'
import type { KernelFeature } from './kernel-features.ts'
import type { KernelModules } from './kernel-modules.ts'

/** What a feature's level is told from. */
export interface KernelEvidence {
  readonly files: HostFiles
  readonly config: KernelConfig
  readonly modules: KernelModules
}

/** How a feature is there. What runs outweighs the configuration, which outweighs inference. */
export async function levelOf(
  feature: KernelFeature,
  evidence: KernelEvidence,
): Promise<FeatureLevel> {
  const { module } = feature
  if (module !== undefined && evidence.modules.isLoaded(module)) return 'module_loaded'
  const { options } = evidence.config
  if (options === null) return inferLevel(feature, evidence)
  const value = options.get(feature.option)
  if (value === undefined) return 'not_set'
  return value === 'm' && module !== undefined ? levelOnDisk(module, evidence.modules) : 'built_in'
}

/**
 * The first trace that a built-in feature should have left in sysfs and has not: then the
 * hardware lacks what it needs, sysfs is masked, or the configuration is not of this kernel.
 */
export async function missingTrace(
  feature: KernelFeature,
  files: HostFiles,
): Promise<string | null> {
  if (!(await files.exists('/sys/kernel'))) return null
  for (const trace of feature.traces ?? []) {
    if (!(await files.exists(trace))) return trace
  }
  return null
}

async function levelOnDisk(module: string, modules: KernelModules): Promise<FeatureLevel> {
  if ((await modules.file(module)) !== null) return 'module_available'
  // With the directory here and its list unreadable, the file may or may not be there.
  const listUnreadable = modules.directory !== null && modules.available === null
  return listUnreadable ? 'unknown' : 'module_missing'
}

async function inferLevel(
  feature: KernelFeature,
  { files, modules }: KernelEvidence,
): Promise<FeatureLevel> {
  const { module } = feature
  if (module !== undefined && modules.isInImage(module)) return 'built_in'
  for (const trace of feature.traces ?? []) {
    if (await files.exists(trace)) return 'built_in'
  }
  for (const witness of feature.impliedBy ?? []) {
    if (isBuilt(witness, modules)) return 'built_in'
  }
  if (module !== undefined) return inferModule(module, modules)
  // Every kernel with huge pages shows the directory, so a mounted sysfs without it is an answer.
  const isThp = feature.option === 'TRANSPARENT_HUGEPAGE'
  return isThp && (await files.exists('/sys/kernel/mm')) ? 'not_set' : 'unknown'
}

function isBuilt(module: string, modules: KernelModules): boolean {
  return (
    modules.isLoaded(module) || modules.isInImage(module) || modules.available?.has(module) === true
  )
}

async function inferModule(module: string, modules: KernelModules): Promise<FeatureLevel> {
  if (modules.available === null || modules.builtIn === null) return 'unknown'
  // Listed nowhere may also mean a package that is not installed, so it is not called "not set".
  return (await modules.file(module)) === null ? 'module_missing' : 'module_available'
}
