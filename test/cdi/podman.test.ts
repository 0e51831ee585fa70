/**
 * Claims of the emulated host in containers of a real podman, by their names alone. Its devices
 * are files and are bound; real devices: test/kernel/containers/cdi.test.ts.
 */
import { readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { MIB } from '../contract/stage.ts'
import { elsewhere } from '../docs/elsewhere.ts'
import { mmapRead } from '../support/mmap-child.ts'
import { startTestDaemon } from '../support/start-test-daemon.ts'
import { CDI_DIRECTORY, openPodman, type Podman } from './support/podman.ts'

/** Podman's, for a container that could not be made. */
const NOT_MADE = 126
const WRITE = 'printf marked | dd of=$DAXD_PATH bs=1 seek=$DAXD_OFFSET conv=notrunc 2>&1'
const READ = 'dd if=$DAXD_PATH bs=1 skip=$DAXD_OFFSET count=6 2>/dev/null'

let podman: Podman
beforeAll(() => {
  podman = openPodman()
})
afterAll(() => podman?.end())

/** A daemon that serves the directory of this machine, under a kind that no other test has. */
async function start() {
  const kind = `test${process.pid}-${Math.random().toString(36).slice(2)}.io/claim`
  onTestFinished(() => {
    const prefix = `daxd_${kind.replace('/', '-')}_`
    for (const name of readdirSync(CDI_DIRECTORY)) {
      if (name.startsWith(prefix)) rmSync(join(CDI_DIRECTORY, name))
    }
  })
  const api = await startTestDaemon({ cdi: CDI_DIRECTORY, cdiKind: kind })
  const claim = (name: string, more: object = {}) => {
    const body = { size: 2 * MIB, sharing: 'dedicated', holder: 'podman', ...more }
    return api.ok('put', `/v1/claims/${name}`, 201, { body })
  }
  return { api, kind, claim }
}

test('a container writes its own memory, and another with another claim sees none of it', async () => {
  const { claim } = await start()
  const mine = await claim('mine')
  const yours = await claim('yours')
  expect((await podman.run([mine.cdi_device], WRITE)).code).toBe(0)
  expect(mmapRead(mine.path, 6)).toBe('marked')
  expect(await podman.run([mine.cdi_device], READ)).toMatchObject({ code: 0, stdout: 'marked' })
  const other = await podman.run([yours.cdi_device], `${READ}; cat ${mine.path}`)
  // A file of the emulated host is a mount: the other claim's path is not even there.
  expect([other.code, other.stdout]).toEqual([1, '\0'.repeat(6)])
})

test('a container with two claims finds each by its own name', async () => {
  const { claim } = await start()
  const one = await claim('data.one')
  const two = await claim('two')
  const { stdout } = await podman.run([one.cdi_device, two.cdi_device], 'env')
  const own = stdout.split('\n').filter((line) => /^DAXD_(?:PATH|LENGTH)_/.test(line))
  expect(own.sort()).toEqual([
    `DAXD_LENGTH_DATA_ONE=${2 * MIB}`,
    `DAXD_LENGTH_TWO=${2 * MIB}`,
    `DAXD_PATH_DATA_ONE=${one.path}`,
    `DAXD_PATH_TWO=${two.path}`,
  ])
})

test.each([
  elsewhere('docs/cdi.md', import.meta.filename),
  elsewhere('docs/how-to/give-a-container-memory.md', import.meta.filename),
])('the commands of $page show a container its memory', async ({ blocks }) => {
  const { api } = await start()
  expect(blocks.length).toBe(1)
  for (const { commands, output } of blocks) {
    const ran = await podman.script(commands.replaceAll('http://127.0.0.1:7329', api.url))
    const shown = output?.replace('/var/lib/daxd', api.directory)
    expect(ran).toMatchObject({ code: 0, stdout: shown })
  }
})

test('a claim for reading is read and cannot be written', async () => {
  const { claim } = await start()
  const { cdi_device, path } = await claim('read', { access: 'ro' })
  const { code, stdout } = await podman.run([cdi_device], `${READ} && ${WRITE}`)
  expect([code, stdout]).toEqual([1, expect.stringContaining('Read-only file system')])
  expect(mmapRead(path, 6)).toBe('\0'.repeat(6))
})

test('a slice is told its part of the device', async () => {
  const { api, claim } = await start()
  await api.make('/v1/namespaces', { name: 'pool', size: 16 * MIB, pool: true })
  await claim('first', { sharing: 'slice' })
  const second = await claim('second', { sharing: 'slice' })
  expect((await podman.run([second.cdi_device], WRITE)).code).toBe(0)
  expect(second.offset).toBe(2 * MIB)
  expect(mmapRead(second.path, 6, second.offset)).toBe('marked')
})

test('a released name is refused, also when its device`s name is another claim`s', async () => {
  const { api, claim } = await start()
  const old = await claim('old')
  await api.remove('/v1/claims/old')
  const next = await claim('next')
  expect(next.path).toBe(old.path)
  const { code, stderr } = await podman.run([old.cdi_device], READ)
  expect([code, stderr]).toEqual([
    NOT_MADE,
    expect.stringContaining(`unresolvable CDI devices ${old.cdi_device}`),
  ])
  expect((await podman.run([next.cdi_device], READ)).code).toBe(0)
})

test('a container that podman`s REST service makes gets the claim by its name', async () => {
  const { api, claim } = await start()
  const { cdi_device, path } = await claim('rest')
  const { ask, end } = await podman.service()
  onTestFinished(end)
  const spec = {
    rootfs: podman.makeRoot(),
    command: ['sh', '-c', WRITE],
    devices: [{ path: cdi_device }],
    netns: { nsmode: 'none' },
  }
  const libpod = '/v4.0.0/libpod/containers'
  const made = await ask('POST', `${libpod}/create`, spec)
  expect(made).toMatchObject({ status: 201 })
  const { Id: id } = JSON.parse(made.text)
  expect((await ask('POST', `${libpod}/${id}/start`)).status).toBe(204)
  expect(await ask('POST', `${libpod}/${id}/wait`)).toEqual({ status: 200, text: '0\n' })
  expect(mmapRead(path, 6)).toBe('marked')
  await ask('DELETE', `${libpod}/${id}?force=true`)

  await api.remove('/v1/claims/rest')
  const late = await ask('POST', `${libpod}/create`, spec)
  const started =
    late.status === 201 ? await ask('POST', `${libpod}/${JSON.parse(late.text).Id}/start`) : late
  expect([started.status, started.text]).toEqual([500, expect.stringContaining('unresolvable CDI')])
})
