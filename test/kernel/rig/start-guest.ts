import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, truncateSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buildAppImage } from './app-image.ts'
import { connectGuest, type GuestAddress } from './guest.ts'
import { fetchParts, KERNEL_DEFAULT } from './parts.ts'
import { type RootImage, rootImage } from './root-image.ts'
import { needTools, run } from './tools.ts'

const GIB = 2 ** 30
const LABEL_BYTES = 2 * 2 ** 20
/** A region of 1 GiB and an odd end, and the labels. */
const NVDIMM_BYTES = GIB + 32 * 2 ** 20
const STATE_IMAGE_SIZE = '256M'
/** 1 GiB at 1 GiB becomes "soft reserved": a dynamic hmem region. */
const SOFT_RESERVED = '1G%1G-1+0xefffffff'
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
    backend: environment['DAXD_RIG_BACKEND'] ?? 'none',
  }
}

/** Builds what is missing, boots all at once, and waits for their agents. */
export async function startGuests(options: GuestOptions, count: number): Promise<RunningGuest[]> {
  const shared = createStopwatch()
  await shared.time('tools', needTools())
  const parts = await shared.time('parts', fetchParts(options.kernel))
  const image = await shared.time('root', rootImage(parts))
  const started = await Promise.allSettled(
    Array.from({ length: count }, () => boot(image, options, createStopwatch(shared.timings))),
  )
  const guests = started.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []))
  const failed = started.find((one) => one.status === 'rejected')
  if (failed !== undefined) {
    await Promise.all(guests.map((guest) => guest.stop()))
    throw failed.reason
  }
  return guests.map((guest) => ({ ...guest, release: parts.release }))
}

type BootedGuest = Omit<RunningGuest, 'release'>

async function boot(
  image: RootImage,
  options: GuestOptions,
  { time, timings }: Stopwatch,
): Promise<BootedGuest> {
  const directory = mkdtempSync(join(tmpdir(), 'daxd-kernel-rig-'))
  await time('app', buildAppImage(join(directory, 'app.ext4'), directory))
  await time('disks', makeDisks(directory))
  const [httpPort = 0, agentPort = 0] = await freePorts(2)
  const address = { directory, httpPort, agentPort }
  const qemu = startQemu(image, address, options)
  process.once('exit', () => qemu.kill('SIGKILL'))
  const guest = connectGuest(address)
  try {
    await time('boot', Promise.race([guest.awaitBoot(), untimelyEnd(qemu, directory)]))
  } catch (error) {
    qemu.kill('SIGKILL')
    throw error
  } finally {
    guest.close()
  }
  return { address, timings, stop: () => stop(qemu, directory) }
}

/** Rejects when QEMU ends, which is sooner than nobody answering. */
function untimelyEnd(qemu: ChildProcess, directory: string): Promise<never> {
  return new Promise((_resolve, reject) => {
    qemu.once('error', reject)
    qemu.once('exit', (code, signal) => {
      const said = readFileSync(join(directory, 'qemu.log'), 'utf8')
      reject(new Error(`kernel rig: qemu ended with ${code ?? signal}: ${said}`))
    })
  })
}

interface Stopwatch {
  readonly timings: Readonly<Record<string, number>>
  time<T>(name: string, work: Promise<T>): Promise<T>
}

function createStopwatch(before: Readonly<Record<string, number>> = {}): Stopwatch {
  const timings: Record<string, number> = { ...before }
  return {
    timings,
    async time(name, work) {
      const began = performance.now()
      const result = await work
      timings[name] = Math.round(performance.now() - began)
      return result
    },
  }
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
    ...[
      'console=ttyS0',
      'quiet',
      'panic=-1',
      'oops=panic',
      'no_timer_check',
      `memmap=${SOFT_RESERVED}`,
    ],
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
    // A power cut in here is none of the host, whose page cache is disk enough.
    ...disk('state', join(directory, 'state.ext4'), 'cache=unsafe'),
    ...['-object', `memory-backend-file,id=mem1,share=on,mem-path=${nvdimm},size=${NVDIMM_BYTES}`],
    ...['-device', `nvdimm,id=nv1,memdev=mem1,label-size=${LABEL_BYTES}`],
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
