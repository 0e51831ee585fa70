import { cpSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { REPOSITORY, run } from './tools.ts'

/** Sparse; a rebuild copies about 40 MB. */
const APP_IMAGE_SIZE = '160M'

/** What the guest runs: daxd as it is checked out, and the rig's own side. */
const TREES = [
  'src',
  'routes',
  'schemas',
  'client/src',
  'package.json',
  'bench',
  'test/kernel/guest',
]

/** Compiled here, since the guest has no compiler; static, since a container has no libraries. */
const PROGRAMS = ['probe', 'container-user']

interface LockedPackage {
  readonly dev?: boolean
  readonly devOptional?: boolean
}

/** Packs daxd's own tree, its production packages and the probe; done afresh for every run. */
export async function buildAppImage(image: string, scratch: string): Promise<void> {
  const tree = join(scratch, 'app-tree')
  rmSync(tree, { recursive: true, force: true })
  mkdirSync(tree, { recursive: true })
  for (const name of TREES) {
    cpSync(join(REPOSITORY, name), join(tree, name), { recursive: true })
  }
  for (const path of productionPackages()) {
    cpSync(join(REPOSITORY, path), join(tree, path), {
      recursive: true,
      filter: (source) => !/\.(?:map|md|d\.[cm]?ts)$/.test(source),
    })
  }
  for (const program of PROGRAMS) {
    const source = join(REPOSITORY, 'test', 'kernel', `${program}.c`)
    await run('gcc', ['-O1', '-static', '-Wall', '-Werror', '-o', join(tree, program), source])
  }
  rmSync(image, { force: true })
  await run('mke2fs', [
    ...['-q', '-t', 'ext4', '-O', '^has_journal', '-d', tree],
    ...[image, APP_IMAGE_SIZE],
  ])
  rmSync(tree, { recursive: true })
}

/** Every package that the lock file gives production, but node, which the root has. */
function productionPackages(): string[] {
  const lock = JSON.parse(readFileSync(join(REPOSITORY, 'package-lock.json'), 'utf8')) as {
    readonly packages: Readonly<Record<string, LockedPackage & { optional?: boolean }>>
  }
  return Object.entries(lock.packages)
    .filter(([path, { dev, devOptional, optional }]) => {
      if (path === '' || dev === true || devOptional === true || optional === true) return false
      return !/^node_modules\/node(?:-bin-setup|-linux-[^/]+)?(?:\/|$)/.test(path)
    })
    .map(([path]) => path)
    .filter((path) => path.indexOf('/node_modules/', 1) === -1)
}
