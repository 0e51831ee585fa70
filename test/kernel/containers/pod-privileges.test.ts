/**
 * What the capabilities and mounts of deploy/kubernetes/overlays/daxd-in-pod allow on a real
 * kernel: the manifest's own list, given to a container of Debian's podman, in a pod's stead.
 */
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { buildKustomization, deployFolder } from '../../deploy/kustomize.ts'
import { readUnit, valuesIn } from '../../deploy/systemd-unit.ts'
import { NODE_FLAGS } from '../guest/node-flags.ts'
import { type CommandResult, connectGuest } from '../rig/guest.ts'
import { type DaxdHost, type KernelDaxd, openDaxdHost } from '../support/daxd-host.ts'
import { type LogMark, markKernelLog } from '../support/kernel-log.ts'
import { ownGuest } from '../support/own-guest.ts'

const MIB = 2 ** 20
const CONTAINER_TIMEOUT_MS = 240_000
const DAXD_TIMEOUT_MS = 460_000
const READY_TIMEOUT_MS = 120_000
const ANSWER_TIMEOUT_MS = 110_000
/** How podman tells of a container whose process a SIGSEGV ended. */
const CRASHED = 'exited 139'
const UNIT = deployFolder('..', 'systemd', 'daxd.service')

const PREPARE = `
set -e
mountpoint -q /sys/fs/cgroup || mount -t cgroup2 none /sys/fs/cgroup
cd /tmp
for part in bin dev proc sys tmp etc; do mkdir -p pod/$part; done
cp /bin/busybox pod/bin/
for applet in sh cat echo head ls mknod rm; do ln -sf busybox pod/bin/$applet; done
cat > pod.conf <<END
[containers]
default_ulimits=["nofile=1024:1024","nproc=4096:4096"]
[engine]
runtime="runc"
cgroup_manager="cgroupfs"
events_logger="file"
END
`
const PODMAN =
  'CONTAINERS_CONF=/tmp/pod.conf podman --storage-driver vfs ' +
  '--root /tmp/podman-pod --runroot /run/podman-pod --tmpdir /run/podman-pod-tmp'

/** What became of a daxd in a container, and of its client. */
interface PodLife {
  readonly told: CommandResult
  readonly status: string
  readonly log: string
}

const guest = connectGuest(ownGuest())
let daxd: DaxdHost
let api: KernelDaxd
let log: LogMark

beforeAll(async () => {
  daxd = await openDaxdHost(guest)
  await guest.sh(PREPARE)
})

beforeEach(async () => {
  log = await markKernelLog(guest)
  api = await daxd.fresh()
})

afterEach(async () => {
  api.close()
  expect(await log.complaints()).toEqual([])
})

afterAll(async () => {
  await daxd.end()
  guest.close()
})

/** The capabilities that the manifest adds to none. */
function capabilities(): readonly string[] {
  const objects = buildKustomization(deployFolder('overlays', 'daxd-in-pod'))
  const set = objects.find(({ kind }) => kind === 'DaemonSet')
  const containers: readonly {
    name: string
    securityContext: { capabilities: { add: string[] } }
  }[] = set?.['spec'].template.spec.containers
  return containers.find(({ name }) => name === 'daxd')?.securityContext.capabilities.add ?? []
}

/** What daxd does on a host, each as a shell command that succeeds where it is allowed. */
function attempts(path: string, pid: string): Readonly<Record<string, string>> {
  return {
    'read addresses': 'case $(head -n 1 /proc/iomem) in *00000000-00000000*) false ;; esac',
    'write sysfs': 'echo 1 > $(echo /sys/devices/platform/hmem.*/dax_region/create)',
    "see another user's descriptors": `ls /proc/${pid}/fd/0`,
    'make a node': 'mknod /dev/daxd-probe c 1 3 && rm /dev/daxd-probe',
    'open a device': `: < ${path}`,
  }
}

/** Tries all of it in a container of the manifest's mounts; the names of what succeeded. */
async function allowed(tried: Readonly<Record<string, string>>, added: readonly string[]) {
  const script = Object.entries(tried)
    .map(([name, command]) => `if (${command}) >/dev/null 2>&1; then echo "${name}"; fi`)
    .join('\n')
  await guest.sh(`cat > /tmp/pod/try.sh <<'END'\n${script}\nEND`)
  const caps = ['--cap-drop=all', ...added.map((name) => `--cap-add=${name}`)]
  const mounts = ['/dev', '/sys'].map((path) => `--volume ${path}:${path}`)
  const options = ['--rm --network=none --pid=host', ...caps, ...mounts].join(' ')
  const whole = `${PODMAN} run ${options} --rootfs /tmp/pod sh /try.sh`
  return (await guest.sh(whole, CONTAINER_TIMEOUT_MS)).split('\n').filter(Boolean)
}

test('the pod may do all that daxd does but open devices, and without its names nearly none', async () => {
  const body = { size: 4 * MIB, sharing: 'dedicated', holder: 'pod', selector: { kind: 'dynamic' } }
  const { path } = await api.ok('put', '/v1/claims/c', 201, {
    body,
    headers: { prefer: 'wait=60' },
  })
  const sleeper = 'process.setgid(1000); process.setuid(1000); setTimeout(() => 0, 600000)'
  const start = `node -e '${sleeper}' > /dev/null 2>&1 & echo $!`
  const pid = (await guest.sh(start)).trim()
  try {
    const tried = attempts(path, pid)
    const everything = Object.keys(tried)
    await guest.sh(`: < ${path}`)
    expect(await allowed(tried, capabilities())).toEqual(
      everything.filter((name) => name !== 'open a device'),
    )
    expect(await allowed(tried, [])).toEqual(['write sysfs'])
  } finally {
    await guest.run(`kill ${pid}; echo 0 > /dev/null`)
    await guest.sh(`for d in /sys/bus/dax/devices/dax0.*; do
      test "$(cat $d/size)" != 0 || test \${d##*.} = 0 ||
        echo \${d##*/} > $(echo /sys/devices/platform/hmem.*/dax_region/delete); done`)
  }
})

/**
 * What a client of daxd sees in a claim's life, asked over a socket that both have. Prints
 * nothing when daxd has not come up: why is for the container's own log to tell.
 */
const CLIENT = `
  const { request } = require('node:http')
  const ask = (method, path, body) => new Promise((answer, fail) => request(
    { socketPath: '/tmp/pod-run/daxd.sock', method, path,
      signal: AbortSignal.timeout(${ANSWER_TIMEOUT_MS}),
      headers: { 'content-type': 'application/json', prefer: 'wait=100' } },
    (reply) => { let text = ''; reply.on('data', (part) => (text += part))
      reply.on('end', () => answer([reply.statusCode, text && JSON.parse(text)])) })
    .on('error', fail).end(body && JSON.stringify(body)))
  const ready = async () => {
    for (const start = Date.now(); Date.now() - start < ${READY_TIMEOUT_MS};) {
      try { if ((await ask('GET', '/readyz'))[0] === 200) return true } catch {}
      await new Promise((wait) => setTimeout(wait, 500))
    }
    return false
  }
  ready().then(async (isReady) => {
    if (!isReady) return console.error('daxd is not ready')
    const body = { size: ${4 * MIB}, sharing: 'dedicated', holder: 'pod', wipe: process.argv[2],
      selector: { kind: 'dynamic' } }
    const made = await ask('PUT', '/v1/claims/pod', body)
    const users = await ask('GET', '/v1/devices/' + made[1].chardev + '/users')
    const gone = await ask('DELETE', '/v1/claims/pod')
    console.log(JSON.stringify([made[0], users[1].complete, gone[0], gone[1].code ?? null]))
  })`

/** Serves in a container that has the manifest's capabilities and mounts, once. */
async function serveInPod(wipe: 'none' | 'on_release', more: string): Promise<PodLife> {
  const caps = ['--cap-drop=all', ...capabilities().map((name) => `--cap-add=${name}`)]
  // The system's own programs stand in for the image's.
  const places = ['/dev', '/sys', '/app', '/usr', '/bin', '/sbin', '/lib', '/lib64', '/tmp/pod-run']
  const mounts = places.map((path) => `--volume ${path}:${path}`)
  const options = ['--name pod --network=none --pid=host --workdir /app', ...caps, ...mounts, more]
  const serve =
    'serve --backend=kernel --listen=unix:/tmp/pod-run/daxd.sock --state-dir=/tmp/pod-run/state ' +
    '--cdi-dir=/tmp/pod-run/cdi --release-default-devices'
  const command = `node ${NODE_FLAGS.join(' ')} src/main.ts ${serve}`
  await guest.sh('rm -rf /tmp/pod-run/*')
  await guest.sh(
    `${PODMAN} run --detach ${options.join(' ')} --rootfs /tmp/pod ${command}`,
    CONTAINER_TIMEOUT_MS,
  )
  try {
    const told = await guest.run(`node /tmp/pod-client.cjs ${wipe}`, DAXD_TIMEOUT_MS)
    const state = `${PODMAN} inspect --format '{{.State.Status}} {{.State.ExitCode}}' pod`
    const [status, log] = [await guest.sh(state), await guest.run(`${PODMAN} logs pod | tail -n 9`)]
    return { told, status: status.trim(), log: log.stdout + log.stderr }
  } finally {
    await guest.run(`${PODMAN} rm --force --time 30 pod`)
  }
}

/** A claim's life with a daxd in a container; what its client saw, or why it saw nothing. */
async function lifeInPod(wipe: 'none' | 'on_release', more = ''): Promise<unknown> {
  await guest.sh(`mkdir -p /tmp/pod-run && cat > /tmp/pod-client.cjs <<'END'\n${CLIENT}\nEND`)
  let life = await serveInPod(wipe, more)
  if (life.status === CRASHED) {
    // As for every daxd of the rig: node crashes now and then under emulation (daxd-keeper.ts).
    console.error('node crashed (SIGSEGV) in the container under emulation; started again')
    life = await serveInPod(wipe, more)
  }
  const { told, status, log } = life
  try {
    return JSON.parse(told.stdout)
  } catch {
    return `container ${status}; client: ${told.stdout}${told.stderr}; daxd: ${log}`
  }
}

test('daxd in the pod makes, watches and releases a claim', async () => {
  expect(await lifeInPod('none')).toEqual([201, true, 204, null])
})

test('with its devices let through, as by the unit, the same capabilities do for a wipe', async () => {
  const [names = ''] = valuesIn(readUnit(UNIT), 'CapabilityBoundingSet')
  expect(names.split(' ')).toEqual(capabilities().map((name) => `CAP_${name}`))
  const open = "--device-cgroup-rule='c *:* rwm'"
  expect(await lifeInPod('on_release', open)).toEqual([201, true, 204, null])
})
