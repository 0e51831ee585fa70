import { describe, expect, it } from 'vitest'
import { refusal } from '../support/api.ts'
import { everything, groundOf, MIB, open, type Stage, type Subject } from './stage.ts'

const EBUSY = { status: 409, errno: 'EBUSY' }

/** PATCH and DELETE of namespaces. */
export function namespaceChangesContract(stage: Stage): void {
  const start = async (more: object = {}, kind: 'dynamic' | 'static' = 'dynamic') => {
    const api = await stage.start()
    const { id } = await groundOf(api, kind)
    const body = { name: 'n', region: id, size: 32 * MIB, enabled: false, ...more }
    const { chardev } = await api.make('/v1/namespaces', body)
    return { api, region: id, chardev: chardev as string }
  }
  const patch = (api: Subject, body: object) => api.ask('patch', '/v1/namespaces/n', { body })
  const shapeOf = async (api: Subject, chardev: string) => {
    const { ranges, size } = await api.get(`/v1/devices/${chardev}`)
    const pieces = ranges.map((range: { start: number; size: number }) => [range.start, range.size])
    return { size, pieces }
  }

  describe(`${stage.name}: changing namespaces`, () => {
    it.each([{ size: 64 * MIB }, { align: 4096 }, { mode: 'system-ram' }])(
      'refuses %o while the device is enabled, and changes nothing',
      async (change) => {
        const { api } = await start({ enabled: true })
        const before = await everything(api)
        expect(refusal(await patch(api, change))).toEqual({ ...EBUSY, code: 'device_enabled' })
        expect(await everything(api)).toEqual(before)
      },
    )

    it('changes labels and wipe while the device is enabled', async () => {
      const { api } = await start({ enabled: true, labels: { a: '1', b: '2' } })
      const change = { labels: { a: null, c: '3' }, wipe: 'on_release' }
      const { status, body, headers } = await patch(api, change)
      expect([status, body.labels, body.wipe]).toEqual([200, { b: '2', c: '3' }, 'on_release'])
      expect(headers['etag']).toBe(`"${body.revision}"`)
      expect(await api.get('/v1/namespaces/n')).toEqual(body)
    })

    it("grows in place of the device's own last range", async () => {
      const { api, chardev } = await start()
      const before = await shapeOf(api, chardev)
      expect((await patch(api, { size: '48m' })).body.size).toBe(48 * MIB)
      const [first] = before.pieces[0]
      expect(await shapeOf(api, chardev)).toEqual({
        size: 48 * MIB,
        pieces: [[first, 48 * MIB]],
      })
    })

    it('grows by another range when something stands behind it, and shrinks from the tail', async () => {
      const { api, region, chardev } = await start()
      const [[first]] = (await shapeOf(api, chardev)).pieces
      await api.make('/v1/namespaces', { name: 'next', region, size: 2 * MIB })
      await patch(api, { size: 40 * MIB })
      const second = first + 34 * MIB
      expect((await shapeOf(api, chardev)).pieces).toEqual([
        [first, 32 * MIB],
        [second, 8 * MIB],
      ])
      await patch(api, { size: 34 * MIB })
      expect((await shapeOf(api, chardev)).pieces).toEqual([
        [first, 32 * MIB],
        [second, 2 * MIB],
      ])
      await patch(api, { size: 30 * MIB })
      expect((await shapeOf(api, chardev)).pieces).toEqual([[first, 30 * MIB]])
    })

    it('shrinks to 0: the memory is free, the device empty and not to be enabled', async () => {
      const { api, region, chardev } = await start()
      const { available_size } = await api.get(`/v1/regions/${region}`)
      expect((await patch(api, { size: 0 })).body).toMatchObject({ size: 0, ranges: [] })
      expect((await api.get(`/v1/regions/${region}`)).available_size).toBe(
        available_size + 32 * MIB,
      )
      expect(refusal(await api.ask('post', `/v1/devices/${chardev}/enable`))).toEqual({
        status: 409,
        errno: 'ENXIO',
        code: 'empty_device',
      })
      await patch(api, { size: 4 * MIB })
      await api.act(`/v1/devices/${chardev}/enable`)
      await open(api, chardev)
    })

    it('keeps an emptied namespace and its name apart from the empty slot', async () => {
      const { api, region, chardev } = await start()
      await patch(api, { size: 0 })
      const other = await api.make('/v1/namespaces', { name: 'o', region, size: 2 * MIB })
      expect([chardev, other.chardev]).toEqual([`dax${region}.0`, `dax${region}.1`])
      const listed = (await api.get('/v1/devices')).items.map(
        (one: { chardev: string }) => one.chardev,
      )
      expect(listed).toEqual([chardev, other.chardev])
      await api.remove('/v1/namespaces/n')
      expect((await api.get('/v1/devices?idle=true')).items).toMatchObject([
        { chardev: other.chardev },
        { chardev, size: 0, namespace: null },
      ])
    })

    it('refuses a size that is misaligned or more than there is, and changes nothing', async () => {
      const { api } = await start()
      const before = await everything(api)
      const refused = async (change: object) => {
        const { errno, code } = refusal(await patch(api, change))
        return [errno, code]
      }
      expect(await refused({ size: 33 * MIB })).toEqual(['EINVAL', 'misaligned_size'])
      expect(await refused({ size: '512t' })).toEqual(['ENOSPC', 'no_space'])
      expect(await refused({ align: 8192 })).toEqual(['EINVAL', 'unsupported_align'])
      expect(await refused({ mode: 'system-ram' })).toEqual(['EINVAL', 'no_memory_block'])
      expect(await everything(api)).toEqual(before)
    })

    it('keeps the size of a static namespace, as libnvdimm does, and takes its align', async () => {
      const { api, chardev } = await start({}, 'static')
      expect(refusal(await patch(api, { size: 48 * MIB }))).toEqual({
        status: 501,
        errno: 'EOPNOTSUPP',
        code: 'unsupported',
      })
      expect((await patch(api, { align: 4096 })).status).toBe(200)
      expect(await api.get(`/v1/devices/${chardev}`)).toMatchObject({ align: 4096, size: 30 * MIB })
    })

    it('keeps its new size over a restart', async () => {
      const { api, chardev } = await start()
      await patch(api, { size: 64 * MIB })
      const again = await api.restart()
      expect(await again.get('/v1/namespaces/n')).toMatchObject({ size: 64 * MIB, state: 'active' })
      expect((await shapeOf(again, chardev)).size).toBe(64 * MIB)
    })
  })

  describe(`${stage.name}: deleting namespaces`, () => {
    it('refuses while a handle or a mapping holds the device, naming the holders', async () => {
      const { api, chardev } = await start({ enabled: true })
      const handle = await open(api, chardev, 'pod-1')
      const mapping = await api.make('/v1/mappings', { handle, length: 2 * MIB })
      const before = await everything(api)
      const answer = await api.ask('delete', '/v1/namespaces/n')
      expect(refusal(answer)).toEqual({ ...EBUSY, code: 'busy' })
      const common = { holder: 'pod-1', tenant: null, chardev, generation: 1 }
      const held = { kind: 'mapping', id: mapping.id, ...common, offset: 0, length: 2 * MIB }
      expect(answer.body.holders).toEqual([{ kind: 'handle', id: handle, ...common }, held])
      expect(await everything(api)).toEqual(before)
      await api.remove(`/v1/handles/${handle}`)
      const second = await api.ask('delete', '/v1/namespaces/n')
      expect(second.body.holders).toEqual([held])
      await api.remove(`/v1/mappings/${mapping.id}`)
      await api.remove('/v1/namespaces/n')
    })

    it('drops a disabled one by drain at once', async () => {
      const { api } = await start()
      const headers = { prefer: 'wait=60' }
      const answer = await api.ask('delete', '/v1/namespaces/n?if_busy=drain', { headers })
      expect(answer.status).toBe(204)
      expect((await api.get('/v1/namespaces')).items).toEqual([])
    })

    it('revokes on request: says what it hit, frees the memory, keeps the removed bearer readable', async () => {
      const { api, region } = await start({ enabled: true })
      const body = { name: 'm', region, size: 32 * MIB }
      // Not the id 0: its name always has a bearer, if only the empty slot.
      const { chardev } = await api.make('/v1/namespaces', body)
      const { available_size } = await api.get(`/v1/regions/${region}`)
      const handle = await open(api, chardev)
      const { id } = await api.make('/v1/mappings', { handle, length: 2 * MIB })
      const answer = await api.ask('delete', '/v1/namespaces/m?if_busy=revoke')
      expect([answer.status, answer.body]).toEqual([
        200,
        { revoked: { mappings: 1, processes: [] } },
      ])
      expect((await api.get(`/v1/regions/${region}`)).available_size).toBe(
        available_size + 32 * MIB,
      )
      expect((await api.get('/v1/devices')).items).toHaveLength(1)
      const removed = (await api.get('/v1/devices?state=removed')).items
      expect(removed).toMatchObject([
        { chardev, state: 'removed', generation: 1, refs: { handles: 1, mappings: 1 } },
      ])
      expect(await api.get(`/v1/devices/${chardev}?generation=1`)).toEqual(removed[0])
      const users = await api.get(`/v1/devices/${chardev}/users?generation=1`)
      expect(users.holders.map((one: { id: string }) => one.id)).toEqual([handle, id])
      expect(await api.get(`/v1/mappings/${id}`)).toMatchObject({ state: 'revoked', chardev })
      await api.remove(`/v1/mappings/${id}`)
      expect((await api.get('/v1/devices?state=removed')).items).toHaveLength(1)
      await api.remove(`/v1/handles/${handle}`)
      expect((await api.get('/v1/devices?state=removed')).items).toEqual([])
      const gone = await api.ask('get', `/v1/devices/${chardev}?generation=1`)
      expect(refusal(gone)).toEqual({ status: 404, errno: 'ENOENT', code: 'no_such_device' })
    })

    it('gives the name of a removed device to the next one, in a later generation', async () => {
      const { api, region, chardev } = await start({ enabled: true })
      const handle = await open(api, chardev)
      await api.ok('delete', '/v1/namespaces/n?if_busy=revoke', 200)
      const next = await api.make('/v1/namespaces', { name: 'm', region, size: 2 * MIB })
      expect(next.chardev).toBe(chardev)
      expect(await api.get(`/v1/devices/${chardev}`)).toMatchObject({
        state: 'enabled',
        generation: 2,
        namespace: 'm',
        refs: { handles: 0, mappings: 0 },
      })
      expect(await api.get(`/v1/devices/${chardev}?generation=1`)).toMatchObject({
        state: 'removed',
        refs: { handles: 1, mappings: 0 },
      })
      const map = await api.ask('post', '/v1/mappings', { body: { handle, length: 2 * MIB } })
      expect(refusal(map)).toEqual({ status: 409, errno: 'ENXIO', code: 'device_disabled' })
      await api.remove('/v1/namespaces/m')
    })

    it('is ENOENT for one that is not there', async () => {
      const { api } = await start()
      await api.remove('/v1/namespaces/n')
      const missing = { status: 404, errno: 'ENOENT', code: 'no_such_namespace' }
      for (const method of ['get', 'delete', 'patch'] as const) {
        const body = method === 'patch' ? { body: {} } : {}
        expect(refusal(await api.ask(method, '/v1/namespaces/n', body))).toEqual(missing)
      }
    })
  })
}
