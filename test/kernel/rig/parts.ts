import { createHash } from 'node:crypto'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { cached, run } from './tools.ts'

/** Debian's meta package that names the current kernel of a line. */
const KERNELS: Readonly<Record<string, string>> = {
  '6.1': 'linux-image-cloud-amd64',
  '6.12': 'linux-image-6.12-cloud-amd64',
}
export const KERNEL_DEFAULT = '6.1'

/** ndctl, daxctl, daxio, podman, and every library that they, node and bash need in the guest. */
const USERLAND = [
  ['ndctl', 'daxctl', 'libndctl6', 'libdaxctl1', 'libcxl1', 'libkmod2', 'libudev1', 'libuuid1'],
  ['libjson-c5', 'libiniparser1', 'libkeyutils1', 'libtraceevent1', 'libtracefs1', 'libssl3'],
  ['pmdk-tools', 'libpmem1', 'libpmemobj1', 'libpmemblk1', 'libpmemlog1', 'libpmempool1'],
  ['podman', 'runc', 'conmon', 'libgpgme11', 'libassuan0', 'libgpg-error0', 'libseccomp2'],
  ['libdevmapper1.02.1', 'libselinux1', 'libpcre2-8-0', 'libglib2.0-0', 'libsystemd0', 'libcap2'],
  ['libgcrypt20', 'liblz4-1', 'libsubid4', 'libsemanage2', 'libsepol2', 'libaudit1', 'libcap-ng0'],
  ['libcrypt1', 'libpam0g', 'libbz2-1.0', 'golang-github-containers-common'],
  ['libc6', 'libstdc++6', 'libgcc-s1', 'libatomic1', 'zlib1g', 'libzstd1', 'liblzma5', 'kmod'],
].flat()

/** What was fetched, unpacked, and names that change when a version does. */
export interface Parts {
  /** As `uname -r` will say. */
  readonly release: string
  readonly kernel: string
  readonly userland: string
  readonly key: string
}

/** Fetches the guest's Debian packages, or finds them in the cache. */
export async function fetchParts(line: string): Promise<Parts> {
  const image = await kernelPackage(line)
  const release = image.slice('linux-image-'.length)
  const [kernelKey, userlandKey] = await keys(image)
  const kernel = await cached(`kernel-${release}-${kernelKey}`, (to) => unpack([image], to))
  const userland = await cached(`userland-${userlandKey}`, (to) => unpack(USERLAND, to))
  return { release, kernel, userland, key: `${kernelKey}-${userlandKey}` }
}

async function kernelPackage(line: string): Promise<string> {
  const meta = KERNELS[line]
  if (meta === undefined) {
    throw new Error(`kernel rig: DAXD_KERNEL=${line} is none of ${Object.keys(KERNELS).join(', ')}`)
  }
  const found = (await currentKernel(meta)) ?? (await updated(() => currentKernel(meta)))
  if (found === undefined) throw new Error(`kernel rig: apt knows no kernel behind ${meta}`)
  return found
}

async function currentKernel(meta: string): Promise<string | undefined> {
  try {
    const shown = await run('apt-cache', ['show', '--no-all-versions', meta])
    return /^Depends: (linux-image-\S+)/m.exec(shown)?.[1]
  } catch {
    // A machine that never ran apt-get update knows no package at all.
    return undefined
  }
}

async function keys(image: string): Promise<[string, string]> {
  const both = () => Promise.all([versionsKey([image]), versionsKey(USERLAND)])
  try {
    return await both()
  } catch {
    // Lists that are too old name versions that are gone.
    return updated(both)
  }
}

async function updated<T>(ask: () => Promise<T>): Promise<T> {
  await run('apt-get', ['update'])
  return ask()
}

/** Twelve digits that change when the version of one of the packages does. */
async function versionsKey(packages: readonly string[]): Promise<string> {
  const listed = await run('apt-get', ['download', '--print-uris', ...packages])
  const files = listed.split('\n').map((line) => line.split(' ')[1] ?? '')
  return createHash('sha256').update(files.sort().join('\n')).digest('hex').slice(0, 12)
}

async function unpack(packages: readonly string[], to: string): Promise<void> {
  try {
    await run('apt-get', ['download', ...packages], { cwd: to })
  } catch {
    await updated(() => run('apt-get', ['download', ...packages], { cwd: to }))
  }
  for (const file of readdirSync(to).filter((name) => name.endsWith('.deb'))) {
    await run('dpkg-deb', ['-x', join(to, file), join(to, 'tree')])
  }
}
