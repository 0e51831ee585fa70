import { execFile } from 'node:child_process'
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'

const execute = promisify(execFile)

const TOOL_TIMEOUT_MS = 300_000
const TOOL_OUTPUT_BYTES_MAX = 16 * 2 ** 20

/** Debian's package of each program that the rig starts. */
const PACKAGES = {
  'qemu-system-x86_64': 'qemu-system-x86',
  busybox: 'busybox-static',
  depmod: 'kmod',
  modprobe: 'kmod',
  cpio: 'cpio',
  mke2fs: 'e2fsprogs',
  gcc: 'gcc libc6-dev',
  xz: 'xz-utils',
  setpriv: 'util-linux',
} as const

/** Programs in sbin count too, which a plain user's PATH leaves out. */
const PATH = `${process.env['PATH']}:/usr/sbin:/sbin`

/** Where everything that is fetched or built once is kept. */
const CACHE = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'daxd-kernel-rig')

/** The repository that is under test. */
export const REPOSITORY = join(import.meta.dirname, '..', '..', '..')

/** Runs a program to its end. @throws Error with the command and what it said. */
export async function run(
  file: string,
  args: readonly string[],
  options: { readonly cwd?: string } = {},
): Promise<string> {
  try {
    const { stdout } = await execute(file, args, {
      ...options,
      env: { ...process.env, PATH, LC_ALL: 'C', DEBIAN_FRONTEND: 'noninteractive' },
      timeout: TOOL_TIMEOUT_MS,
      maxBuffer: TOOL_OUTPUT_BYTES_MAX,
    })
    return stdout
  } catch (error) {
    const said = (error as { stderr?: string }).stderr ?? ''
    throw new Error(`kernel rig: ${file} ${args.join(' ')} failed: ${said || String(error)}`, {
      cause: error,
    })
  }
}

/** Installs what is missing where it may; a rig without its parts is a failure, never a skip. */
export async function needTools(): Promise<void> {
  const missing = missingPackages()
  if (missing.length === 0) return
  if (process.getuid?.() === 0) {
    await run('apt-get', ['update'])
    await run('apt-get', ['install', '-y', '--no-install-recommends', ...missing])
  }
  const still = missingPackages()
  if (still.length === 0) return
  throw new Error(`kernel rig: missing. As root: apt-get install -y ${still.join(' ')}`)
}

function missingPackages(): string[] {
  const missing = Object.entries(PACKAGES).filter(([program]) => !onPath(program))
  return [...new Set(missing.flatMap(([, names]) => names.split(' ')))]
}

function onPath(program: string): boolean {
  return PATH.split(':').some((directory) => existsSync(join(directory, program)))
}

/**
 * A directory of the cache, made by `make` unless it is there. Built aside and renamed, so that
 * a build that was cut off is never taken for a whole one.
 */
export async function cached(
  name: string,
  make: (directory: string) => Promise<void>,
): Promise<string> {
  const directory = join(CACHE, name)
  if (existsSync(directory)) return directory
  const aside = `${directory}.${process.pid}.part`
  rmSync(aside, { recursive: true, force: true })
  mkdirSync(aside, { recursive: true })
  try {
    await make(aside)
    mkdirSync(dirname(directory), { recursive: true })
    if (!existsSync(directory)) renameSync(aside, directory)
  } finally {
    rmSync(aside, { recursive: true, force: true })
  }
  return directory
}
