import type { HostFiles } from './host-files.ts'

/** modules.dep of a distribution kernel is below 1 MiB. */
const MODULE_LIST_BYTES_MAX = 16 * 1024 * 1024

/** What the host shows of kernel modules. Names have underscores, as in /proc/modules. */
export interface KernelModules {
  /** The directory of the running release, null when it is not here (as in most containers). */
  readonly directory: string | null
  /** In the image, from modules.builtin and /sys/module; null when the list cannot be read. */
  readonly builtIn: ReadonlySet<string> | null
  /** Path of each module file that depmod knows; null when the list cannot be read. */
  readonly available: ReadonlyMap<string, string> | null
  /** kernel.modules_disabled is 1: nothing can be loaded before the next boot. */
  readonly loadingDisabled: boolean
  isLoaded(module: string): boolean
  /** Something of that name is in the kernel and is no loadable module. */
  isInImage(module: string): boolean
  /** The module's file, null when depmod has none or the one it has is gone. */
  file(module: string): Promise<string | null>
}

/** Where a release's modules may lie; the second is for hosts whose /lib is not a link. */
export function moduleDirectories(release: string): readonly string[] {
  return [`/lib/modules/${release}`, `/usr/lib/modules/${release}`]
}

/** Reads which modules are loaded, built in and on disk. `names` are those asked about later. */
export async function readKernelModules(
  files: HostFiles,
  release: string | null,
  names: readonly string[],
): Promise<KernelModules> {
  const directory = release === null ? null : await findDirectory(files, release)
  const builtIn = await readList(files, directory, 'modules.builtin')
  const available = await readList(files, directory, 'modules.dep')
  const sysfs = await readSysfs(files, names)
  const procModules = (await files.text('/proc/modules')) ?? ''
  const loaded = new Set([...procModules.matchAll(/^(\w+) /gm)].map(([, name]) => name))
  const isLoaded = (module: string): boolean => loaded.has(module) || sysfs.get(module) === 'loaded'
  return {
    directory,
    builtIn: builtIn && new Set(builtIn.keys()),
    available,
    loadingDisabled: (await files.text('/proc/sys/kernel/modules_disabled')) === '1',
    isLoaded,
    isInImage: (module) =>
      !isLoaded(module) && (sysfs.has(module) || builtIn?.has(module) === true),
    async file(module) {
      const path = available?.get(module)
      return path !== undefined && (await files.exists(`${directory}/${path}`)) ? path : null
    },
  }
}

async function findDirectory(files: HostFiles, release: string): Promise<string | null> {
  for (const directory of moduleDirectories(release)) {
    if (await files.exists(directory)) return directory
  }
  return null
}

async function readList(
  files: HostFiles,
  directory: string | null,
  name: string,
): Promise<ReadonlyMap<string, string> | null> {
  if (directory === null) return null
  const content = await files.read(`${directory}/${name}`, MODULE_LIST_BYTES_MAX)
  return content.state === 'read' ? parseList(content.bytes.toString('latin1')) : null
}

/** Both lists have one path per line; modules.dep goes on with `:` and dependencies. */
function parseList(text: string): ReadonlyMap<string, string> {
  const paths = new Map<string, string>()
  for (const line of text.split('\n')) {
    const path = line.split(':', 1)[0] ?? ''
    const file = path.slice(path.lastIndexOf('/') + 1)
    const end = file.indexOf('.ko')
    if (end > 0) paths.set(file.slice(0, end).replaceAll('-', '_'), path)
  }
  return paths
}

/**
 * A loadable module has `initstate` in /sys/module; what is built in has a directory there only
 * when it has parameters or a version. Source: kernel/module/sysfs.c, kernel/params.c.
 */
async function readSysfs(
  files: HostFiles,
  names: readonly string[],
): Promise<ReadonlyMap<string, 'loaded' | 'built_in'>> {
  const found = new Map<string, 'loaded' | 'built_in'>()
  for (const name of names) {
    if (!(await files.exists(`/sys/module/${name}`))) continue
    const loadable = await files.exists(`/sys/module/${name}/initstate`)
    found.set(name, loadable ? 'loaded' : 'built_in')
  }
  return found
}
