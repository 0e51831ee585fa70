/** Containers of Debian's podman on real devices, which they find by their claims' names. */
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { type CommandResult, connectGuest } from '../rig/guest.ts'
import { type DaxdHost, type KernelDaxd, openDaxdHost } from '../support/daxd-host.ts'
import { type LogMark, markKernelLog } from '../support/kernel-log.ts'
import { ownGuest } from '../support/own-guest.ts'

const MIB = 2 ** 20
const EACCES = 13
const EPERM = 1
const CDI_DIRECTORY = '/var/run/cdi'
/** Podman's exit code when the container could not be made. */
const NOT_MADE = 126
const CONTAINER_TIMEOUT_MS = 240_000

/** What a container needs here: a root, control groups, and a podman that writes below /tmp. */
const PREPARE = `
set -e
mountpoint -q /sys/fs/cgroup || mount -t cgroup2 none /sys/fs/cgroup
cd /tmp
for part in bin dev proc sys tmp etc; do mkdir -p rootfs/$part; done
cp /app/container-user /bin/busybox rootfs/bin/
for applet in sh stat; do ln -sf busybox rootfs/bin/$applet; done
cat > containers.conf <<END
[containers]
default_ulimits=["nofile=1024:1024","nproc=4096:4096"]
[engine]
runtime="runc"
cgroup_manager="cgroupfs"
events_logger="file"
END
`
const PODMAN =
  'CONTAINERS_CONF=/tmp/containers.conf podman --storage-driver vfs ' +
  '--root /tmp/podman --runroot /run/podman --tmpdir /run/podman-tmp'

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

interface Claim {
  readonly name: string
  readonly chardev: string
  readonly path: string
  readonly cdi_device: string
}

async function claim(name: string, more: object = {}): Promise<Claim> {
  const body = { size: 4 * MIB, sharing: 'dedicated', holder: 'podman', ...more }
  const selector = { kind: 'dynamic' }
  const headers = { prefer: 'wait=60' }
  return api.ok('put', `/v1/claims/${name}`, 201, { body: { selector, ...body }, headers })
}

/**
 * Runs a shell command in a container of its own that is given a device by its name alone. One
 * takes the better part of a minute in an emulated machine, so tests make few.
 */
function inContainer(device: string, command: string, user = '0:0'): Promise<CommandResult> {
  const options = `--rm --network=none --user ${user} --device ${device}`
  const whole = `${PODMAN} run ${options} --rootfs /tmp/rootfs sh -c '${command}'`
  return guest.run(whole, CONTAINER_TIMEOUT_MS)
}

/** What is at the beginning of a device, read by no container. */
async function beginningOf({ path }: Claim): Promise<string> {
  const environment = `DAXD_PATH=${path} DAXD_OFFSET=0 DAXD_LENGTH=${4 * MIB}`
  return guest.sh(`${environment} /app/container-user read 6`)
}

const specsThere = async () => (await guest.sh(`ls ${CDI_DIRECTORY}`)).split('\n').filter(Boolean)

test('a container writes its own memory, and another with another claim sees none of it', async () => {
  const mine = await claim('mine')
  const yours = await claim('yours', { cdi: { uid: 1000, gid: 1000, mode: '0600' } })
  const wrote = await inContainer(mine.cdi_device, 'container-user write marked')
  expect(wrote).toMatchObject({ code: 0, stderr: '' })
  expect(await beginningOf(mine)).toBe('marked')
  // The node is its user's, as was asked for, and the only one there.
  const look = 'stat -c "%n %u:%g %a" /dev/dax* && container-user read 6'
  const { code, stdout } = await inContainer(yours.cdi_device, look, '1000:1000')
  const [nodes, content] = stdout.split('\n')
  expect([code, nodes]).toEqual([0, `${yours.path} 1000:1000 600`])
  expect(content).not.toBe('marked')
})

test('a claim for reading is read and cannot be written, by root in the container either', async () => {
  const { cdi_device } = await claim('read', { access: 'ro' })
  const both = 'container-user read 1 > /dev/null && container-user write no'
  const { code, stderr } = await inContainer(cdi_device, both)
  expect([EACCES, EPERM]).toContain(code)
  expect(stderr).toMatch(/^open: /m)
})

test('a released name is refused, also when the number of its device is another claim`s', async () => {
  const old = await claim('old')
  expect(await specsThere()).toHaveLength(1)
  await api.ok('delete', '/v1/claims/old', 204, { headers: { prefer: 'wait=60' } })
  const next = await claim('next')
  // The very same node has another's memory now.
  expect(next.path).toBe(old.path)
  const { code, stderr } = await inContainer(old.cdi_device, 'container-user read 1')
  expect([code, stderr]).toEqual([
    NOT_MADE,
    expect.stringContaining(`unresolvable CDI devices ${old.cdi_device}`),
  ])
  const [, device = ''] = next.cdi_device.split('=')
  expect(await specsThere()).toEqual([expect.stringContaining(device)])
})
