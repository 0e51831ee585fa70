import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, mkdtempSync, openSync, rmSync, truncateSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buildAppImage } from './app-image.ts'
import { connectGuest, type GuestAddress } from './guest.ts'
import { fetchParts, KERNEL_DEFAULT } from './parts.ts'
import { type RootImage, rootImage } from './root-image.ts'
import { needTools, run } from './tools.ts'

const GIB = 2 ** 30
const NVDIMM_BYTES = GIB
const STATE_IMAGE_SIZE = '256M'
/** 512 MiB at 1 GiB become "soft reserved": a dynamic hmem region. */
const SOFT_RESERVED = '512M%1G-1+0xefffffff'
const NICENESS = '10'

export interface GuestOptions {
  /** The kernel's line, `6.1` or `6.12`. */
  readonly kernel: string
  /** What daxd is started with at boot; `none` starts no daxd. */
  readonly backend: string
}

export interface RunningGuest {
  readonly address: GuestAddress
  readonly release: string
  /** How long each step took, milliseconds. */
  readonly timings: Readonly<Record<string, number>>
  stop(): Promise<void>
}

/** Options from `DAXD_KERNEL` and `DAXD_RIG_BACKEND`. */
export function guestOptions(environment: NodeJS.ProcessEnv): GuestOptions {
  return {
    kernel: environment['DAXD_KERNEL'] ?? KERNEL_DEFAULT,
    backend: environment['DAXD_RIG_BACKEND'] ?? 'kernel',
  }
}

/** Builds what is missing, boots, and waits for the guest's agent. */
export async function startGuest(options: GuestOptions): Promise<RunningGuest> {
  const timings: Record<string, number> = {}
  const timed = async <T>(name: string, work: Promise<T>): Promise<T> => {
    const began = performance.now()
    const result = await work
    timings[name] = Math.round(performance.now() - began)
    return result
  }
  await timed('tools', needTools())
  const parts = await timed('parts', fetchParts(options.kernel))
  const image = await timed('root', rootImage(parts))
  const directory = mkdtempSync(join(tmpdir(), 'daxd-kernel-rig-'))
  await timed('app', buildAppImage(join(directory, 'app.ext4'), directory))
  await timed('disks', makeDisks(directory))
  const [httpPort = 0, agentPort = 0] = await freePorts(2)
  const address = { directory, httpPort, agentPort }
  const qemu = startQemu(image, address, options)
  process.once('exit', () => qemu.kill('SIGKILL'))
  const guest = await connectGuest(address)
  try {
    await timed('boot', guest.awaitBoot())
  } catch (error) {
    qemu.kill('SIGKILL')
    throw error
  } finally {
    guest.close()
  }
  return { address, release: parts.release, timings, stop: () => stop(qemu, directory) }
}

async function makeDisks(directory: string): Promise<void> {
  const nvdimm = join(directory, 'nvdimm.img')
  for (const file of [nvdimm, join(directory, 'console.log')]) closeSync(openSync(file, 'w'))
  truncateSync(nvdimm, NVDIMM_BYTES)
  await run('mke2fs', ['-q', '-t', 'ext4', join(directory, 'state.ext4'), STATE_IMAGE_SIZE])
}

function startQemu(image: RootImage, address: GuestAddress, options: GuestOptions): ChildProcess {
  const { directory } = address
  const log = openSync(join(directory, 'qemu.log'), 'w')
  const command = ['nice', '-n', NICENESS, 'qemu-system-x86_64']
  // A runner that is killed runs no exit handler; the guest must not outlive it.
  const args = ['--pdeathsig', 'KILL', ...command, ...qemuArguments(image, address, options)]
  const child = spawn('setpriv', args, { stdio: ['ignore', log, log] })
  closeSync(log)
  return child
}

function qemuArguments(
  { kernel, initrd, root }: RootImage,
  { directory, httpPort, agentPort }: GuestAddress,
  { backend }: GuestOptions,
): string[] {
  const line = [
    ...['console=ttyS0', 'quiet', 'panic=-1', 'oops=panic', `memmap=${SOFT_RESERVED}`],
    ...(backend === 'none' ? [] : [`daxd.backend=${backend}`]),
  ]
  const forwards = [
    `hostfwd=tcp:127.0.0.1:${httpPort}-:8080`,
    `hostfwd=tcp:127.0.0.1:${agentPort}-:8081`,
  ]
  const nvdimm = join(directory, 'nvdimm.img')
  return [
    ...['-accel', 'tcg,thread=multi', '-cpu', 'max', '-smp', '2', '-machine', 'pc,nvdimm=on'],
    ...['-m', '3G,slots=4,maxmem=8G', '-nodefaults', '-no-user-config', '-display', 'none'],
    ...['-no-reboot', '-serial', `file:${join(directory, 'console.log')}`],
    ...['-qmp', `unix:${join(directory, 'qmp')},server=on,wait=off`],
    ...['-kernel', kernel, '-initrd', initrd, '-append', line.join(' ')],
    ...disk('root', root, 'readonly=on,file.locking=off'),
    ...disk('app', join(directory, 'app.ext4'), 'readonly=on,file.locking=off'),
    ...disk('state', join(directory, 'state.ext4'), 'cache=writeback'),
    ...['-object', `memory-backend-file,id=mem1,share=on,mem-path=${nvdimm},size=${NVDIMM_BYTES}`],
    ...['-device', 'nvdimm,id=nv1,memdev=mem1,label-size=2M'],
    ...['-netdev', `user,id=n0,restrict=on,${forwards.join(',')}`],
    ...['-device', 'virtio-net-pci,netdev=n0,romfile='],
  ]
}

function disk(id: string, file: string, options: string): string[] {
  const drive = `if=none,id=${id},file=${file},format=raw,${options}`
  return ['-drive', drive, '-device', `virtio-blk-pci,drive=${id}`]
}

async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(
    Array.from({ length: count }, async () => {
      const server = createServer()
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
      return server
    }),
  )
  return Promise.all(
    servers.map(async (server) => {
      const { port } = server.address() as { port: number }
      await new Promise((resolve) => server.close(resolve))
      return port
    }),
  )
}

async function stop(qemu: ChildProcess, directory: string): Promise<void> {
  if (qemu.exitCode === null && qemu.signalCode === null) {
    const ended = new Promise((resolve) => qemu.once('exit', resolve))
    qemu.kill('SIGKILL')
    await ended
  }
  if (process.env['DAXD_RIG_KEEP'] === undefined) rmSync(directory, { recursive: true })
}
