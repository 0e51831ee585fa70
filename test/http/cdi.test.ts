/** What clients are told of container runtimes, and what those find in the directory. */
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { MIB } from '../contract/stage.ts'
import { refusal } from '../support/api.ts'
import { startMmapChild } from '../support/mmap-child.ts'
import { startTestDaemon, type TestDaemon } from '../support/start-test-daemon.ts'

const NAME = /^daxd\.io\/claim=web-[0-9a-z]+-[0-9a-f]{8}$/
const FOREIGN = 'others.json'
const CDI_FAILED = { status: 502, errno: 'EIO', code: 'cdi_failed' }

function directories() {
  const parent = mkdtempSync(join(tmpdir(), 'daxd-cdi-'))
  onTestFinished(() => rmSync(parent, { recursive: true }))
  return { cdi: join(parent, 'cdi'), other: join(parent, 'other') }
}

async function start() {
  const { cdi, other } = directories()
  mkdirSync(cdi)
  writeFileSync(join(cdi, FOREIGN), '{}')
  return { api: await startTestDaemon({ cdi }), cdi, other }
}

const dedicated = { size: 4 * MIB, sharing: 'dedicated', holder: 'me' }
const slice = { ...dedicated, size: 2 * MIB, sharing: 'slice' }

function put(api: TestDaemon, name = 'web', body: object = dedicated) {
  return api.ok('put', `/v1/claims/${name}`, 201, { body })
}

/** The names that a runtime finds, and the paths that they hand out. */
function found(cdi: string): Record<string, string> {
  const own = readdirSync(cdi).filter((name) => name !== FOREIGN)
  const pairs = own.map((name) => {
    const { kind, devices } = JSON.parse(readFileSync(join(cdi, name), 'utf8'))
    const [{ name: device, containerEdits }] = devices
    return [`${kind}=${device}`, containerEdits.mounts[0].hostPath]
  })
  return Object.fromEntries(pairs)
}

const nameOf = async (api: TestDaemon, name = 'web') =>
  (await api.get(`/v1/claims/${name}`)).cdi_device

describe('a claim', () => {
  it('is answered with a name that containers find it by', async () => {
    const { api, cdi } = await start()
    const { cdi_device, path } = await put(api)
    expect(cdi_device).toMatch(NAME)
    expect(found(cdi)).toEqual({ [cdi_device]: path })
    expect((await api.ok('put', '/v1/claims/web', 200, { body: dedicated })).cdi_device).toBe(
      cdi_device,
    )
  })

  it('has no name while it is only rehearsed, and none is used up', async () => {
    const { api, cdi } = await start()
    await api.make('/v1/namespaces', { name: 'pool', size: 8 * MIB, pool: true })
    for (const body of [dedicated, slice]) {
      const answer = await api.ask('put', '/v1/claims/web?dry_run=true', { body })
      expect([answer.status, answer.body.cdi_device]).toEqual([200, null])
    }
    expect(found(cdi)).toEqual({})
  })

  it('has another name when it is made again', async () => {
    const { api, cdi } = await start()
    const { cdi_device: first } = await put(api)
    await api.remove('/v1/claims/web')
    expect(found(cdi)).toEqual({})
    const { cdi_device: second, path } = await put(api)
    expect(second).toMatch(NAME)
    expect(second).not.toBe(first)
    expect(found(cdi)).toEqual({ [second]: path })
  })

  it('for reading is mapped and opened for reading alone', async () => {
    const { api } = await start()
    const { access, handle, mmap } = await put(api, 'web', { ...dedicated, access: 'ro' })
    expect([access, mmap.prot, (await api.get(`/v1/handles/${handle}`)).access]).toEqual([
      'ro',
      ['PROT_READ'],
      'ro',
    ])
    const repeat = { body: { ...dedicated, access: 'rw' } }
    expect(refusal(await api.ask('put', '/v1/claims/web', repeat)).code).toBe('name_taken')
  })

  it('is found again after its device was disabled and enabled, and not in between', async () => {
    const { api, cdi } = await start()
    const { cdi_device, chardev, path } = await put(api)
    await api.act(`/v1/devices/${chardev}/disable`, { if_busy: 'revoke' })
    expect([await nameOf(api), found(cdi)]).toEqual([null, {}])
    await api.act(`/v1/devices/${chardev}/enable`)
    expect([await nameOf(api), found(cdi)]).toEqual([cdi_device, { [cdi_device]: path }])
  })

  it('is not found while its device drains, and found again when the drain is over', async () => {
    const { api, cdi } = await start()
    const { cdi_device, chardev, path } = await put(api)
    const body = { if_busy: 'drain', timeout_ms: 60_000 }
    const { id } = await api.ok('post', `/v1/devices/${chardev}/disable`, 202, { body })
    await expect.poll(() => found(cdi), { timeout: 20_000 }).toEqual({})
    expect(await nameOf(api)).toBeNull()
    await api.ask('delete', `/v1/operations/${id}`)
    await expect.poll(() => found(cdi), { timeout: 20_000 }).toEqual({ [cdi_device]: path })
    expect(await nameOf(api)).toBe(cdi_device)
  })

  it('that a process keeps from being released is found again', async () => {
    const { api, cdi } = await start()
    const { cdi_device, path, mmap } = await put(api)
    const user = await startMmapChild(mmap)
    expect(refusal(await api.ask('delete', '/v1/claims/web')).code).toBe('busy')
    expect(found(cdi)).toEqual({ [cdi_device]: path })
    await user.end()
    await api.remove('/v1/claims/web')
    expect(found(cdi)).toEqual({})
  })
})

describe('what cannot be offered', () => {
  it.each(['dedicated', 'slice'])(
    'refuses a %s claim and is made good by the same call later',
    async (sharing) => {
      const { api, cdi } = await start()
      await api.make('/v1/namespaces', { name: 'pool', size: 8 * MIB, pool: true })
      rmSync(cdi, { recursive: true })
      writeFileSync(cdi, '')
      const body = { ...slice, sharing }
      const key = { 'idempotency-key': 'once' }
      const ask = () => api.ask('put', '/v1/claims/web', { body, headers: key })
      expect(refusal(await ask())).toEqual(CDI_FAILED)
      expect((await api.get('/v1/claims')).items).toEqual([])
      rmSync(cdi)
      const { status, body: made } = await ask()
      expect([status, found(cdi)]).toEqual([201, { [made.cdi_device]: made.path }])
    },
  )

  it('is an owner of a file of the emulated host, or anything where no directory is served', async () => {
    const unsupported = { status: 501, errno: 'EOPNOTSUPP', code: 'unsupported' }
    const body = { ...dedicated, cdi: { uid: 1000, mode: '0660' } }
    const { api } = await start()
    expect(refusal(await api.ask('put', '/v1/claims/web', { body }))).toEqual(unsupported)
    const without = await startTestDaemon()
    expect(refusal(await without.ask('put', '/v1/claims/web', { body }))).toEqual(unsupported)
    expect((await put(without)).cdi_device).toBeNull()
  })

  it('is malformed where no node can have such an owner or mode', async () => {
    const { api } = await start()
    const impossible = [
      ...[{ uid: -1 }, { uid: 2 ** 32 - 1 }, { gid: 1.5 }, { user: 'me' }],
      ...[{ mode: 432 }, { mode: '0o660' }, { mode: '660' }, { mode: '01777' }],
    ]
    for (const cdi of impossible) {
      const answer = await api.ask('put', '/v1/claims/web', { body: { ...dedicated, cdi } })
      expect([cdi, answer.status, answer.body.code]).toEqual([cdi, 400, 'malformed'])
    }
  })
})

describe('a start', () => {
  it('removes what nobody claims, writes what is missing, and leaves others alone', async () => {
    const { api, cdi } = await start()
    const { cdi_device, path } = await put(api)
    await put(api, 'gone')
    const before = found(cdi)
    const [file = ''] = readdirSync(cdi).filter((name) => name.includes('web'))
    await api.remove('/v1/claims/gone')
    await api.close()
    rmSync(join(cdi, file))
    const orphan = 'daxd_daxd.io-claim_old-1-aa.json'
    writeFileSync(join(cdi, orphan), '{"devices":[{"containerEdits":{}}]}')
    writeFileSync(join(cdi, `${orphan}.tmp`), '')
    const next = await api.restart({ cdi })
    expect(await nameOf(next)).toBe(cdi_device)
    expect([found(cdi), Object.keys(before)]).toEqual([
      { [cdi_device]: path },
      expect.arrayContaining([cdi_device]),
    ])
    expect(existsSync(join(cdi, FOREIGN))).toBe(true)
  })

  it('with another directory or kind leaves nothing in the old one', async () => {
    const { api, cdi, other } = await start()
    const { cdi_device, path } = await put(api)
    const moved = await api.restart({ cdi: other, cdiKind: 'example.com/memory' })
    const renamed = cdi_device.replace('daxd.io/claim', 'example.com/memory')
    expect([await nameOf(moved), found(other), found(cdi)]).toEqual([
      renamed,
      { [renamed]: path },
      {},
    ])
    const off = await moved.restart()
    expect([await nameOf(off), found(other)]).toEqual([null, {}])
    const on = await off.restart({ cdi })
    expect(await nameOf(on)).toMatch(NAME)
    expect(found(cdi)).toEqual({ [await nameOf(on)]: path })
  })
})
