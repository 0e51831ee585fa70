import { createHash } from 'node:crypto'
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { basename, join } from 'node:path'
import type { Parts } from './parts.ts'
import { cached, REPOSITORY, run } from './tools.ts'

/** Sparse; what is in it takes about half. */
const ROOT_IMAGE_SIZE = '600M'

const INITRD_MODULES = ['virtio_pci', 'virtio_blk', 'ext4']
const GUEST_MODULES = [
  ['virtio_net', 'libnvdimm', 'nfit', 'nd_pmem', 'dax_pmem', 'device_dax', 'dax_hmem', 'nd_e820'],
  ['nd_btt', 'kmem', 'cxl_acpi', 'cxl_pci', 'cxl_pmem', 'cxl_mem', 'cxl_port'],
].flat()

const MOUNT_POINTS = ['proc', 'sys', 'dev', 'run', 'tmp', 'app', 'state', 'root', 'var/lib']
const NODE = join(REPOSITORY, 'node_modules', 'node', 'bin', 'node')
const HERE = import.meta.dirname

/** A kernel, what it starts from, and a read-only root with everything but daxd itself. */
export interface RootImage {
  readonly kernel: string
  readonly initrd: string
  readonly root: string
}

/** Builds the guest's root once for these parts, this node and these init scripts. */
export async function rootImage(parts: Parts): Promise<RootImage> {
  if (!existsSync(NODE)) throw new Error(`kernel rig: ${NODE} is missing; run npm ci`)
  const key = createHash('sha256')
    .update(parts.key)
    .update(await run(NODE, ['--version']))
  for (const file of ['initrd-init.sh', 'guest-init.sh', 'root-image.ts']) {
    key.update(readFileSync(join(HERE, file)))
  }
  const name = `root-${parts.release}-${key.digest('hex').slice(0, 12)}`
  const directory = await cached(name, (to) => build(parts, to))
  return {
    kernel: join(directory, 'vmlinuz'),
    initrd: join(directory, 'initrd'),
    root: join(directory, 'root.ext4'),
  }
}

async function build(parts: Parts, to: string): Promise<void> {
  const kernelTree = join(parts.kernel, 'tree')
  cpSync(join(kernelTree, 'boot', `vmlinuz-${parts.release}`), join(to, 'vmlinuz'))
  const modules = join(kernelTree, 'lib', 'modules', parts.release)
  if (!existsSync(join(modules, 'modules.dep'))) {
    await run('depmod', ['-b', kernelTree, parts.release])
  }
  await buildInitrd(parts, to)
  const tree = join(to, 'tree')
  cpSync(join(parts.userland, 'tree'), tree, { recursive: true, verbatimSymlinks: true })
  for (const point of MOUNT_POINTS) mkdirSync(join(tree, point), { recursive: true })
  for (const bulk of ['usr/share/doc', 'usr/share/man', 'usr/share/locale']) {
    rmSync(join(tree, bulk), { recursive: true, force: true })
  }
  // Where containers look for devices, as on every system; of this boot only.
  symlinkSync('/run', join(tree, 'var', 'run'))
  await busyboxInto(tree)
  for (const module of await modulesOf(parts, GUEST_MODULES)) await copyModule(parts, module, tree)
  for (const list of ['modules.builtin', 'modules.builtin.modinfo', 'modules.order']) {
    cpSync(join(modules, list), join(tree, 'lib', 'modules', parts.release, list))
  }
  await run('depmod', ['-b', tree, parts.release])
  cpSync(NODE, join(tree, 'usr', 'bin', 'node'))
  cpSync(join(HERE, 'guest-init.sh'), join(tree, 'sbin', 'guest-init'))
  chmodSync(join(tree, 'sbin', 'guest-init'), 0o755)
  const image = join(to, 'root.ext4')
  await run('mke2fs', [
    ...['-q', '-t', 'ext4', '-O', '^has_journal', '-d', tree],
    ...[image, ROOT_IMAGE_SIZE],
  ])
  rmSync(tree, { recursive: true })
}

async function buildInitrd(parts: Parts, to: string): Promise<void> {
  const tree = join(to, 'initrd-tree')
  for (const point of ['bin', 'proc', 'sys', 'dev', 'newroot', 'modules']) {
    mkdirSync(join(tree, point), { recursive: true })
  }
  cpSync(await busybox(), join(tree, 'bin', 'busybox'), { dereference: true })
  const order: string[] = []
  for (const module of await modulesOf(parts, INITRD_MODULES)) {
    const plain = await plainModule(module, join(tree, 'modules'))
    order.push(basename(plain))
  }
  writeFileSync(join(tree, 'modules', 'order'), `${order.join('\n')}\n`)
  cpSync(join(HERE, 'initrd-init.sh'), join(tree, 'init'))
  chmodSync(join(tree, 'init'), 0o755)
  await run('sh', ['-c', 'find . | cpio -o -H newc --quiet | gzip -1 > ../initrd'], { cwd: tree })
  rmSync(tree, { recursive: true })
}

/** Paths of the modules that these need, themselves included, in loading order. */
async function modulesOf(parts: Parts, names: readonly string[]): Promise<string[]> {
  const found = new Set<string>()
  for (const name of names) {
    const shown = await run('modprobe', [
      ...['-d', join(parts.kernel, 'tree'), '-S', parts.release],
      ...['--ignore-install', '--show-depends', name],
    ])
    for (const [, path] of shown.matchAll(/^insmod (\S+)/gm)) {
      if (path !== undefined) found.add(path)
    }
  }
  return [...found]
}

async function copyModule(parts: Parts, module: string, tree: string): Promise<void> {
  const inside = module.slice(module.indexOf(`/lib/modules/${parts.release}/`))
  await plainModule(module, join(tree, inside, '..'))
}

/** Copies a module, unpacked: neither busybox nor an old kmod reads compressed ones. */
async function plainModule(module: string, directory: string): Promise<string> {
  mkdirSync(directory, { recursive: true })
  const to = join(directory, basename(module))
  cpSync(module, to)
  if (!to.endsWith('.xz')) return to
  await run('xz', ['-d', '-f', to])
  return to.slice(0, -'.xz'.length)
}

async function busyboxInto(tree: string): Promise<void> {
  const program = await busybox()
  cpSync(program, join(tree, 'bin', 'busybox'), { dereference: true })
  for (const applet of (await run(program, ['--list'])).split('\n')) {
    if (applet === '') continue
    const places = ['bin', 'sbin', 'usr/bin', 'usr/sbin'].map((at) => join(tree, at, applet))
    if (!places.some((path) => existsSync(path))) {
      symlinkSync('/bin/busybox', join(tree, 'bin', applet))
    }
  }
}

async function busybox(): Promise<string> {
  return (await run('sh', ['-c', 'command -v busybox'])).trim()
}
