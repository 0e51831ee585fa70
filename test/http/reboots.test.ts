/** The host was rebooted while daxd was down: the emulated host knows it by its boot id. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { groundOf, MIB, open } from '../contract/stage.ts'
import { refusal } from '../support/api.ts'
import { rememberEarlierBoot } from '../support/edit-ledger.ts'
import { startTestDaemon, type TestDaemon } from '../support/start-test-daemon.ts'

/** What host and ledger remember of their last boot becomes another one. */
async function reboot(api: TestDaemon): Promise<TestDaemon> {
  await api.close()
  writeFileSync(join(api.directory, 'host', 'boot_id'), 'an earlier boot\n')
  await rememberEarlierBoot(api.directory)
  return api.restart()
}

async function start() {
  const api = await startTestDaemon()
  const { id } = await groundOf(api, 'dynamic')
  const make = (name: string, more: object = {}) =>
    api.make('/v1/namespaces', { name, region: id, size: 8 * MIB, ...more })
  return { api, region: id, make }
}

describe('a reboot', () => {
  it('brings volatile devices back at their places, in new generations', async () => {
    const { api, make } = await start()
    const { chardev } = await make('n')
    const off = await make('off', { enabled: false })
    const before = await api.get(`/v1/devices/${chardev}`)
    const later = await reboot(api)
    expect(await later.get(`/v1/devices/${chardev}`)).toMatchObject({
      state: 'enabled',
      generation: 2,
      ranges: before.ranges,
      namespace: 'n',
      drift: null,
    })
    expect((await later.get(`/v1/devices/${off.chardev}`)).state).toBe('disabled')
    expect((await later.get('/v1/reconciliation')).items).toEqual([])
  })

  it('ends what was open: handles are stale and mappings revoked', async () => {
    const { api, make } = await start()
    const { chardev } = await make('n')
    const handle = await open(api, chardev)
    const mapping = await api.make('/v1/mappings', { handle, length: 2 * MIB })
    const later = await reboot(api)
    expect((await later.get(`/v1/mappings/${mapping.id}`)).state).toBe('revoked')
    const body = { handle, length: 2 * MIB }
    expect(refusal(await later.ask('post', '/v1/mappings', { body })).code).toBe('stale_generation')
  })

  it('gives claims their place again, whole and live', async () => {
    const { api, make } = await start()
    await make('pool', { pool: true })
    const put = (name: string, sharing: string) =>
      api.ok('put', `/v1/claims/${name}`, 201, {
        body: { size: 2 * MIB, sharing, holder: 'h', ttl_ms: 3_600_000 },
      })
    const before = [await put('d', 'dedicated'), await put('s', 'slice')]
    const later = await reboot(api)
    for (const { name, chardev, offset, length, path } of before) {
      const claim = await later.get(`/v1/claims/${name}`)
      const state = 'active'
      expect(claim).toMatchObject({ state, chardev, offset, length, path, generation: 2 })
      expect((await later.get(`/v1/mappings/${claim.mapping}`)).state).toBe('live')
    }
  })

  it('lets a namespace without memory keep its name, apart from the empty slot', async () => {
    const { api, region, make } = await start()
    await make('first')
    const { chardev } = await make('empty', { enabled: false })
    await api.ok('patch', '/v1/namespaces/empty', 200, { body: { size: 0 } })
    await api.remove('/v1/namespaces/first')
    const later = await reboot(api)
    expect(await later.get('/v1/namespaces/empty')).toMatchObject({ chardev, size: 0 })
    const { items } = await later.get('/v1/devices?idle=true')
    const names = items.map((one: { chardev: string; namespace: string | null }) => [
      one.chardev,
      one.namespace,
    ])
    expect(names.sort()).toEqual([
      [`dax${region}.0`, null],
      [chardev, 'empty'],
    ])
    await later.ok('patch', '/v1/namespaces/empty', 200, { body: { size: 2 * MIB } })
    await later.act(`/v1/devices/${chardev}/enable`)
  })
})
