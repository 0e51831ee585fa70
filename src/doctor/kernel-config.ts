import { promisify } from 'node:util'
import { gunzip } from 'node:zlib'
import { errorCode, type FileContent, type HostFiles } from './host-files.ts'
import { moduleDirectories } from './kernel-modules.ts'

/** Far above any real configuration (about 300 KiB); also the limit of what gunzip may unfold. */
export const CONFIG_BYTES_MAX = 4 * 1024 * 1024

const unzip = promisify(gunzip)

/** The kernel's options by name without CONFIG_; an option that is off is not in the map. */
export interface KernelConfig {
  /** The path the options come from, null when none could be read. */
  readonly source: string | null
  readonly options: ReadonlyMap<string, string> | null
  /** Files that are there but were of no use, with the reason, one sentence each. */
  readonly problems: readonly string[]
}

/** The options of the running kernel, from the first file that has them. */
export async function readKernelConfig(
  files: HostFiles,
  release: string | null,
): Promise<KernelConfig> {
  const problems: string[] = []
  for (const path of configPaths(release)) {
    const options = parseConfig(await readPlain(files, path), path, problems)
    if (options !== null) return { source: path, options, problems }
  }
  return { source: null, options: null, problems }
}

/** In order of trust: the kernel's own copy cannot belong to another build. */
function configPaths(release: string | null): readonly string[] {
  if (release === null) return ['/proc/config.gz']
  const besides = moduleDirectories(release).flatMap((directory) => [
    `${directory}/config`,
    `${directory}/build/.config`,
  ])
  return ['/proc/config.gz', `/boot/config-${release}`, ...besides]
}

async function readPlain(files: HostFiles, path: string): Promise<FileContent> {
  const content = await files.read(path, CONFIG_BYTES_MAX)
  if (content.state !== 'read' || !path.endsWith('.gz')) return content
  try {
    return {
      state: 'read',
      bytes: await unzip(content.bytes, { maxOutputLength: CONFIG_BYTES_MAX }),
    }
  } catch (error) {
    return { state: 'unreadable', reason: `it cannot be unpacked (${errorCode(error)})` }
  }
}

function parseConfig(
  content: FileContent,
  path: string,
  problems: string[],
): ReadonlyMap<string, string> | null {
  if (content.state === 'absent') return null
  if (content.state === 'unreadable') {
    problems.push(`${path} is unreadable: ${content.reason}.`)
    return null
  }
  const options = new Map<string, string>()
  for (const [, name, value] of content.bytes
    .toString('latin1')
    .matchAll(/^CONFIG_(\w+)=(.*)$/gm)) {
    if (name !== undefined && value !== undefined && value !== 'n') options.set(name, value.trim())
  }
  if (options.size > 0) return options
  problems.push(`${path} holds no options.`)
  return null
}
