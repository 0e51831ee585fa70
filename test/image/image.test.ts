/** The images that scripts/ci-image.sh has built, in real containers of Debian's podman. */
import { chownSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, expect, onTestFinished, test } from 'vitest'
import { type Container, startContainer } from './container.ts'
import { given, podman, podmanOk } from './podman.ts'

const MIB = 2 ** 20
const UID = 1000
/** What daxd adds to its base: dependencies and sources. */
const ADDED_BYTES_MAX = 80 * MIB
/** As Kubernetes runs it by deploy/kubernetes/overlays/emulated. */
const CONFINED = ['--read-only', '--cap-drop=all', '--security-opt=no-new-privileges']

const directory = mkdtempSync(join(tmpdir(), 'daxd-image-'))
const token = 'a-token-for-the-image-only'
const tokenFile = join(directory, 'token')
const image = given('DAXD_IMAGE')
const kernelImage = given('DAXD_KERNEL_IMAGE')
const names: string[] = []

/** A state directory of the image's user, at the same path inside and outside. */
function makeState(): string {
  const state = mkdtempSync(join(directory, 'state-'))
  chownSync(state, UID, UID)
  return state
}

function start(state: string, ...args: readonly string[]): Promise<Container> {
  const name = `daxd-${process.pid}-${names.length}`
  names.push(name)
  const token_ = ['--volume', `${tokenFile}:/run/secrets/daxd-token:ro`]
  const state_ = ['--volume', `${state}:${state}`, '--env', `DAXD_STATE_DIR=${state}`]
  return startContainer(name, token, [...CONFINED, ...token_, ...state_, ...args, image])
}

async function sizeOf(name: string): Promise<number> {
  return Number(await podmanOk('image', 'inspect', '--format', '{{.Size}}', name))
}

beforeAll(() => {
  mkdirSync(directory, { recursive: true })
  writeFileSync(tokenFile, `${token}\n`, { mode: 0o644 })
})

afterEach(async () => {
  for (const name of names.splice(0)) await podman('rm', '--force', '--time', '0', name)
})

afterAll(() => rmSync(directory, { recursive: true, force: true }))

test('the image is not root, is asked for its health, and is one Node over its base', async () => {
  const [facts] = JSON.parse(await podmanOk('image', 'inspect', image))
  expect({ user: facts.Config.User, command: facts.Config.Cmd, check: facts.Healthcheck }).toEqual({
    user: '1000:1000',
    command: ['daxd', 'serve', '--insecure-no-tls'],
    check: expect.objectContaining({ Test: ['CMD', 'node', 'scripts/check-health.ts'] }),
  })
  const [whole, base] = [await sizeOf(image), await sizeOf(given('DAXD_BASE_IMAGE'))]
  const added = Math.round((whole - base) / MIB)
  console.log(`image: ${Math.round(whole / MIB)} MiB, of which daxd and its packages ${added} MiB`)
  expect(whole - base).toBeLessThan(ADDED_BYTES_MAX)
})

test('a container without a token lets nobody in: it ends with 2 and says why', async () => {
  const { status, stderr } = await podman('run', '--rm', '--network=none', image)
  expect(status).toBe(2)
  expect(stderr).toContain('daxd: The token file /run/secrets/daxd-token cannot be read')
})

test('a container is ready, serves a claim by the path it says, and ends on SIGTERM', async () => {
  const state = makeState()
  const daxd = await start(state)
  console.log(`start-up to ready: ${Math.round(daxd.readyMs)} ms (podman and runc included)`)
  expect(await daxd.ask('GET', '/readyz')).toMatchObject({ status: 200 })
  expect(await podmanOk('exec', daxd.name, 'id', '-u')).toBe(String(UID))
  expect((await podman('healthcheck', 'run', daxd.name)).status).toBe(0)

  const request = { size: '64MiB', sharing: 'dedicated', holder: 'ci' }
  const claim = await daxd.ask('PUT', '/v1/claims/c', request)
  const path = join(state, 'dev', 'dax0.0')
  expect(claim).toMatchObject({ status: 201, body: { path, length: 64 * MIB, state: 'active' } })
  expect(statSync(path)).toMatchObject({ size: 64 * MIB, uid: UID })

  expect(await daxd.stop()).toBe(0)
  expect((await daxd.logs()).at(-1)).toMatchObject({ msg: 'stopping', signal: 'SIGTERM' })

  const again = await start(state)
  expect(await again.ask('GET', '/v1/claims/c')).toMatchObject({ status: 200, body: { path } })
  expect(await again.ask('DELETE', '/v1/claims/c')).toEqual({ status: 204, body: null })
  expect(await again.stop()).toBe(0)
})

test('a caller without the token is refused', async () => {
  const daxd = await start(makeState())
  const answer = await podmanOk(
    ...['exec', daxd.name, 'node', '-e'],
    "fetch('http://127.0.0.1:7329/v1/regions').then((answer) => console.log(answer.status))",
  )
  expect(answer).toBe('401')
})

test('a socket in a shared directory serves who may open it, as the driver of a pod', async () => {
  const state = makeState()
  const socket = join(state, 'daxd.sock')
  await start(state, '--env', `DAXD_LISTEN=unix:${socket}`, '--env', 'DAXD_TOKEN_FILE=')
  const facts = statSync(socket)
  expect([facts.isSocket(), facts.mode & 0o777, facts.uid]).toEqual([true, 0o660, UID])
})

test('a health check finds out that daxd is not there', async () => {
  const name = `daxd-idle-${process.pid}`
  onTestFinished(async () => {
    await podman('rm', '--force', '--time', '0', name)
  })
  const idle = ['node', '-e', 'setInterval(() => undefined, 1000)']
  await podmanOk('run', '--detach', '--network=none', '--name', name, image, ...idle)
  expect((await podman('healthcheck', 'run', name)).status).toBe(1)
})

test('the image for real devices has the tools that the kernel backend calls, as root', async () => {
  const script = 'id -u; for tool in ndctl daxio mknod; do command -v $tool; done'
  const seen = await podmanOk('run', '--rm', '--network=none', kernelImage, 'sh', '-c', script)
  expect(seen.split('\n')).toEqual(['0', '/usr/bin/ndctl', '/usr/bin/daxio', '/usr/bin/mknod'])
})

test.each(['dra', 'device-plugin'])('daxd %s is in the image', async (command) => {
  const shown = await podmanOk('run', '--rm', '--network=none', image, 'daxd', command, '--help')
  expect(shown).toContain(`Usage: daxd ${command}`)
})

test('no tests, no development packages, no second Node are in the image', async () => {
  const script = 'ls -A; ls node_modules | grep -cx -e vitest -e typescript -e node || true'
  const seen = await podmanOk('run', '--rm', '--network=none', image, 'sh', '-c', script)
  expect(seen.split('\n')).toEqual([
    ...['.npmrc', 'client', 'console', 'node_modules', 'package-lock.json', 'package.json'],
    ...['routes', 'schemas', 'scripts', 'src', '0'],
  ])
})
