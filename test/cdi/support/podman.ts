/** Debian's podman with everything of its own in one directory, as a real user of CDI. */
import { execFile, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

/** Where this podman looks for devices; it cannot be told otherwise. */
export const CDI_DIRECTORY = '/var/run/cdi'

const PACKAGES = ['podman', 'runc', 'conmon', 'busybox-static']
const PROGRAMS = ['/usr/bin/podman', '/usr/sbin/runc', '/usr/bin/conmon', '/bin/busybox']
const APPLETS = ['sh', 'cat', 'env', 'dd', 'ls']

/** Limits that a machine in a machine may set; runc, since crun refuses hybrid control groups. */
const CONFIGURATION = `[containers]
default_ulimits=["nofile=1024:1024","nproc=4096:4096"]
[engine]
runtime="runc"
cgroup_manager="cgroupfs"
events_logger="file"
`
const RUN_TIMEOUT_MS = 60_000
const SERVICE_TIMEOUT_MS = 30_000
const SERVICE_POLL_MS = 50

export interface Ran {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

export interface Podman {
  /** A root for one container: the runtime leaves the places of its mounts in it. */
  makeRoot(): string
  /** Runs a shell command in a container of its own with these CDI devices. */
  run(devices: readonly string[], command: string): Promise<Ran>
  /** Runs a script whose `podman run` is this podman's, and whose `$IMAGE` has a shell. */
  script(commands: string): Promise<Ran>
  /** Its libpod REST service, on a unix socket. */
  service(): Promise<PodmanService>
  /** Removes all that it has made. */
  end(): void
}

export interface PodmanService {
  ask(method: string, path: string, body?: object): Promise<{ status: number; text: string }>
  end(): Promise<void>
}

/** @throws Error that names what is missing and may not be installed here. */
export function openPodman(): Podman {
  install()
  const directory = mkdtempSync(join(tmpdir(), 'daxd-podman-'))
  const freshRoot = (): string => makeRoot(mkdtempSync(join(directory, 'root-')))
  const configuration = join(directory, 'containers.conf')
  writeFileSync(configuration, CONFIGURATION)
  const env = { ...process.env, CONTAINERS_CONF: configuration }
  const own = [
    ...['--storage-driver', 'vfs', '--root', join(directory, 'store')],
    ...['--runroot', join(directory, 'run'), '--tmpdir', join(directory, 'tmp')],
  ]
  return {
    makeRoot: freshRoot,
    run(devices, command) {
      const given = devices.flatMap((device) => ['--device', device])
      const args = ['run', '--rm', '--network=none', ...given, '--rootfs', freshRoot()]
      return execute('podman', [...own, ...args, 'sh', '-c', command], env)
    },
    script(commands) {
      const words = [...own, 'run', '--network=none', '--rootfs'].join(' ')
      const ours = `podman() { shift; command podman ${words} "$@"; }`
      return execute('bash', ['--norc', '-c', `${ours}\n${commands}`], {
        ...env,
        IMAGE: freshRoot(),
      })
    },
    async service() {
      const socket = join(directory, 'podman.sock')
      const child = spawn('podman', [...own, 'system', 'service', '-t', '0', `unix://${socket}`], {
        env,
        stdio: ['ignore', 'ignore', 'inherit'],
      })
      const ended = once(child, 'exit')
      const deadline = performance.now() + SERVICE_TIMEOUT_MS
      while (!existsSync(socket)) {
        if (performance.now() > deadline) throw new Error('podman serves nothing')
        await sleep(SERVICE_POLL_MS)
      }
      return {
        ask: (method, path, body) => askSocket(socket, method, path, body),
        async end() {
          child.kill('SIGTERM')
          await ended
        },
      }
    },
    end() {
      execFileSync('podman', [...own, 'rm', '--all', '--force'], { env, stdio: 'ignore' })
      rmSync(directory, { recursive: true, force: true })
    },
  }
}

function install(): void {
  if (PROGRAMS.every((program) => existsSync(program))) return
  if (process.getuid?.() !== 0) {
    throw new Error(`The tests of containers need ${PACKAGES.join(', ')}; only root installs them.`)
  }
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  const apt = (...args: string[]): void =>
    void execFileSync('apt-get', ['-qq', ...args], { env, stdio: 'ignore' })
  try {
    apt('install', '-y', '--no-install-recommends', ...PACKAGES)
  } catch {
    apt('update')
    apt('install', '-y', '--no-install-recommends', ...PACKAGES)
  }
}

function makeRoot(rootfs: string): string {
  chmodSync(rootfs, 0o755)
  for (const name of ['bin', 'dev', 'proc', 'sys', 'tmp', 'etc']) {
    mkdirSync(join(rootfs, name), { recursive: true })
  }
  copyFileSync('/bin/busybox', join(rootfs, 'bin', 'busybox'))
  chmodSync(join(rootfs, 'bin', 'busybox'), 0o755)
  for (const applet of APPLETS) symlinkSync('busybox', join(rootfs, 'bin', applet))
  return rootfs
}

function execute(file: string, args: readonly string[], env: NodeJS.ProcessEnv): Promise<Ran> {
  return new Promise((resolve) => {
    execFile(file, args, { env, timeout: RUN_TIMEOUT_MS }, (error, stdout, stderr) => {
      const code = error === null ? 0 : Number(error.code ?? -1)
      resolve({ code, stdout, stderr })
    })
  })
}

function askSocket(
  socketPath: string,
  method: string,
  path: string,
  body?: object,
): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json' }
    const asking = request({ socketPath, method, path, headers }, async (answer) => {
      const parts = await answer.setEncoding('utf8').toArray()
      resolve({ status: answer.statusCode ?? 0, text: parts.join('') })
    })
    asking.on('error', reject).end(body === undefined ? undefined : JSON.stringify(body))
  })
}
