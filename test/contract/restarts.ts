import { describe, expect, it } from 'vitest'
import { groundOf, MIB, open, type Stage, type Subject } from './stage.ts'

const LONG_MS = 3_600_000

/** Every listing but those that time alone changes. */
async function standing(api: Subject): Promise<unknown> {
  const kinds = ['regions', 'namespaces', 'devices', 'devices?idle=true', 'devices?state=removed']
  const more = ['handles', 'mappings', 'claims', 'operations']
  const lists = await Promise.all(
    [...kinds, ...more].map(async (kind) => [kind, (await api.get(`/v1/${kind}`)).items]),
  )
  return Object.fromEntries(lists)
}

/** The daemon stops and starts; the host goes on. */
export function restartsContract(stage: Stage): void {
  /** Something of everything: volatile and static, live and revoked, leased, claimed, removed. */
  async function furnished() {
    const api = await stage.start()
    const dynamic = await groundOf(api, 'dynamic')
    const fixed = await groundOf(api, 'static')
    const make = (body: object) => api.make('/v1/namespaces', body)
    const one = await make({ name: 'one', region: dynamic.id, size: 8 * MIB, labels: { a: 'b' } })
    const two = await make({ name: 'two', region: fixed.id, size: 32 * MIB })
    const off = await make({ name: 'off', region: dynamic.id, size: 2 * MIB, enabled: false })
    const gone = await make({ name: 'gone', region: dynamic.id, size: 2 * MIB })
    await make({ name: 'pool', region: dynamic.id, size: 8 * MIB, pool: true })
    const lease = await api.make('/v1/leases', { holder: 'h', ttl_ms: LONG_MS })
    const handle = await open(api, one.chardev, 'h')
    const leased = await api.make(`/v1/devices/${two.chardev}/handles`, {
      holder: 'h',
      lease: lease.id,
    })
    const mapping = await api.make('/v1/mappings', { handle, length: 2 * MIB, offset: 2 * MIB })
    await api.make('/v1/mappings', { handle: leased.id, length: 2 * MIB })
    const dead = await open(api, gone.chardev, 'h')
    await api.make('/v1/mappings', { handle: dead, length: 2 * MIB })
    await api.ok('delete', '/v1/namespaces/gone?if_busy=revoke', 200)
    const claim = (name: string, body: object) =>
      api.ok('put', `/v1/claims/${name}`, 201, { body: { size: 2 * MIB, holder: 'h', ...body } })
    await claim('d', { sharing: 'dedicated', ttl_ms: LONG_MS })
    await claim('s', { sharing: 'slice' })
    return { api, one, two, off, lease, handle, mapping }
  }

  describe(`${stage.name}: a restart`, () => {
    it('leaves everything as it was, revisions and generations included', async () => {
      const { api } = await furnished()
      const before = await standing(api)
      const later = await api.restart()
      expect(await standing(later)).toEqual(before)
      const third = await later.restart()
      expect(await standing(third)).toEqual(before)
      expect((await third.get('/v1/reconciliation')).items).toEqual([])
    })

    it('keeps live mappings live: their holders go on, and nobody else gets their place', async () => {
      const { api, one, handle, mapping } = await furnished()
      await stage.users.write(mapping.mmap.path, 'before', mapping.offset)
      const later = await api.restart()
      const fault = await later.get(`/v1/mappings/${mapping.id}/translate?offset=0`)
      expect(fault.physical).toBe(one.ranges[0].start + 2 * MIB)
      expect(await stage.users.read(mapping.mmap.path, 6, mapping.offset)).toBe('before')
      const body = { handle, length: 2 * MIB, offset: 2 * MIB }
      const overlap = await later.ask('post', '/v1/mappings', { body })
      expect([overlap.status, overlap.body.code]).toEqual([409, 'overlap'])
      expect((await later.make('/v1/mappings', { ...body, offset: 0 })).offset).toBe(0)
    })

    it('gives every lease its full time again, under the same token', async () => {
      const { api, lease } = await furnished()
      const later = await api.restart()
      const again = await later.get(`/v1/leases/${lease.id}`)
      expect(again).toMatchObject({ token: lease.token, ttl_ms: LONG_MS, holder: 'h' })
      expect(Date.parse(again.expires_at)).toBeGreaterThanOrEqual(Date.parse(lease.expires_at))
    })

    it('reuses no id and lets revisions only grow', async () => {
      const { api, one } = await furnished()
      const before = await api.make(`/v1/devices/${one.chardev}/handles`, { holder: 'x' })
      await api.remove(`/v1/handles/${before.id}`)
      const later = await api.restart()
      const after = await later.make(`/v1/devices/${one.chardev}/handles`, { holder: 'x' })
      expect(after.id).not.toBe(before.id)
      expect(after.revision).toBeGreaterThan(before.revision)
    })

    it('ends a drain that was running: its operation failed, its device enabled', async () => {
      const { api, one } = await furnished()
      const path = `/v1/devices/${one.chardev}`
      const body = { if_busy: 'drain' }
      const { id } = await api.ok('post', `${path}/disable`, 202, { body })
      const later = await api.restart()
      expect(await later.get(`/v1/operations/${id}`)).toMatchObject({ state: 'failed' })
      expect((await later.get(`/v1/operations/${id}`)).problem).not.toBeNull()
      expect(await later.get(path)).toMatchObject({ state: 'enabled', generation: 1 })
    })

    it('keeps generations growing for a name that had none of its bearers left', async () => {
      const { api, off } = await furnished()
      await api.act(`/v1/devices/${off.chardev}/enable`)
      await api.remove('/v1/namespaces/off')
      const later = await api.restart()
      const body = { name: 'off', region: off.region, size: 2 * MIB }
      const made = await later.make('/v1/namespaces', body)
      expect(made.chardev).toBe(off.chardev)
      expect((await later.get(`/v1/devices/${off.chardev}`)).generation).toBe(2)
    })
  })
}
