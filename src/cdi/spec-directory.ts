import { mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { DeviceSpecs } from '../ports/device-specs.ts'
import { type SpecStyle, specDocument } from './spec-document.ts'

/** Everybody may read it, as rootless runtimes must. */
const SPEC_MODE = 0o644
const DIRECTORY_MODE = 0o755

/** The end of every file that runtimes read; a temporary one must not have it. */
const SPEC_SUFFIX = '.json'
const TEMPORARY_SUFFIX = '.tmp'

/** More than any file of ours has; a larger one is not read. */
const SPEC_SIZE_MAX_BYTES = 64 * 1024

export interface SpecDirectoryOptions {
  readonly directory: string
  /** `vendor/class` */
  readonly kind: string
  readonly style: SpecStyle
}

/**
 * Specifications as files in a CDI directory, one for each device, named after daxd and the kind:
 * what else is there is never touched. The directory is made when it is missing, since it mostly
 * lies on a tmpfs and a reboot takes it away.
 */
export function createSpecDirectory(options: SpecDirectoryOptions): DeviceSpecs {
  const { directory, kind, style } = options
  const prefix = `daxd_${kind.replace('/', '-')}_`
  const fileOf = (device: string): string => join(directory, `${prefix}${device}${SPEC_SUFFIX}`)
  const ownNames = async (suffix: string): Promise<string[]> =>
    (await namesIn(directory)).filter((name) => name.startsWith(prefix) && name.endsWith(suffix))
  return {
    kind,
    givesNodes: style === 'nodes',
    async list() {
      return (await ownNames(SPEC_SUFFIX)).map((name) =>
        name.slice(prefix.length, -SPEC_SUFFIX.length),
      )
    },
    pathOf: (device) => offeredPath(fileOf(device)),
    async sweep() {
      for (const name of await ownNames(TEMPORARY_SUFFIX)) {
        await rm(join(directory, name), { force: true })
      }
    },
    async write(spec) {
      const text = `${JSON.stringify(specDocument(kind, style, spec), null, 2)}\n`
      await mkdir(directory, { recursive: true, mode: DIRECTORY_MODE })
      await replaceText(fileOf(spec.device), text)
      await syncDirectory(directory)
    },
    async remove(device) {
      await rm(fileOf(device), { force: true })
      await syncDirectory(directory)
    },
  }
}

async function namesIn(directory: string): Promise<string[]> {
  try {
    return await readdir(directory)
  } catch (error) {
    if (isMissing(error)) return []
    throw error
  }
}

/** The text is on the disk before the name is there, so that no crash leaves half a file. */
async function replaceText(path: string, text: string): Promise<void> {
  const temporary = `${path}${TEMPORARY_SUFFIX}`
  await rm(temporary, { force: true })
  try {
    const file = await open(temporary, 'wx', SPEC_MODE)
    try {
      // Whatever the umask is.
      await file.chmod(SPEC_MODE)
      await file.writeFile(text)
      await file.sync()
    } finally {
      await file.close()
    }
    await rename(temporary, path)
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined)
    throw error
  }
}

async function syncDirectory(path: string): Promise<void> {
  try {
    const directory = await open(path, 'r')
    try {
      await directory.sync()
    } finally {
      await directory.close()
    }
  } catch (error) {
    if (!isMissing(error)) throw error
  }
}

/** The path that a specification hands out; null for one that no runtime could read either. */
async function offeredPath(path: string): Promise<string | null> {
  try {
    const text = await readFile(path, 'utf8')
    if (text.length > SPEC_SIZE_MAX_BYTES) return null
    const { deviceNodes, mounts } = JSON.parse(text).devices[0].containerEdits
    const offered: unknown = deviceNodes?.[0]?.path ?? mounts?.[0]?.hostPath
    return typeof offered === 'string' ? offered : null
  } catch {
    return null
  }
}

function isMissing(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === 'ENOENT'
}
