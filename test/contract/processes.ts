import { describe, expect, it } from 'vitest'
import { refusal } from '../support/api.ts'
import { startWithDevice } from './devices.ts'
import { eventually, MIB, open, type Stage } from './stage.ts'

const LENGTH = 2 * MIB

/** Real processes that map what they were granted, and what becomes of them. */
export function processesContract(stage: Stage): void {
  const start = async () => {
    const device = await startWithDevice(stage)
    const { api, chardev } = device
    const grant = async (more: object = {}) => {
      const handle = await open(api, chardev, 'pod')
      const mapping = await api.make('/v1/mappings', { handle, length: LENGTH, ...more })
      return { handle, mapping }
    }
    return { ...device, grant }
  }
  const busy = { status: 409, errno: 'EBUSY', code: 'busy' }

  describe(`${stage.name}: real users`, () => {
    it('lets two processes see what the other writes at the granted place, and nobody else', async () => {
      const { grant } = await start()
      const shared = await grant({ exclusive: false, offset: LENGTH })
      const other = await grant()
      const one = await stage.users.start(shared.mapping.mmap)
      const two = await stage.users.start(shared.mapping.mmap)
      const three = await stage.users.start(other.mapping.mmap)
      await three.write(4096, 'apart')
      await one.write(4096, 'hello')
      expect(await two.read(4096, 5)).toBe('hello')
      await two.write(4100, 'p me')
      expect(await one.read(4096, 8)).toBe('hellp me')
      expect(await three.read(4096, 5)).toBe('apart')
    })

    it('names the processes beside the holders, with what they have mapped', async () => {
      const { api, path, grant, chardev } = await start()
      const { handle, mapping } = await grant({ offset: LENGTH })
      const child = await stage.users.start(mapping.mmap)
      const process = { pid: child.pid, comm: expect.stringMatching(stage.users.comm) }
      expect(await api.get(`${path}/users`)).toEqual({
        chardev,
        generation: 1,
        holders: [
          { kind: 'handle', id: handle, holder: 'pod', tenant: null, chardev, generation: 1 },
          {
            kind: 'mapping',
            id: mapping.id,
            holder: 'pod',
            tenant: null,
            chardev,
            generation: 1,
            offset: LENGTH,
            length: LENGTH,
          },
        ],
        processes: [
          {
            ...process,
            cgroup: expect.toSatisfy((value) => value === null || typeof value === 'string'),
            container_id: expect.toSatisfy((value) => value === null || typeof value === 'string'),
            pod_uid: null,
            fds: [expect.any(Number)],
            mapped: [{ offset: LENGTH, length: LENGTH }],
            stale: false,
          },
        ],
        complete: expect.any(Boolean),
      })
      expect((await api.get(path)).observed).toEqual([process])
      const { items } = await api.get('/v1/devices')
      expect('observed' in items[0]).toBe(false)
      const [listed] = (await api.get('/v1/devices?observed=true')).items
      expect(listed.observed).toEqual([process])
      await child.end()
      expect((await api.get(path)).observed).toEqual([])
    })

    it('refuses to disable or delete while a process has it, though the ledger has nobody', async () => {
      const { api, path, grant } = await start()
      const { handle, mapping } = await grant()
      const child = await stage.users.start(mapping.mmap)
      await api.remove(`/v1/mappings/${mapping.id}`)
      await api.remove(`/v1/handles/${handle}`)
      const holders = [{ kind: 'process', pid: child.pid, comm: expect.any(String) }]
      for (const answer of [
        await api.ask('post', `${path}/disable`),
        await api.ask('delete', '/v1/namespaces/n'),
      ]) {
        expect(refusal(answer)).toEqual(busy)
        expect(answer.body.holders).toEqual(holders)
      }
      await child.write(0, 'still here')
      expect(await child.read(0, 10)).toBe('still here')
      await child.end()
      expect((await api.act(`${path}/disable`)).state).toBe('disabled')
    })

    it('lets the process go on that a refused disable found: new opens work, too', async () => {
      const { api, path, grant } = await start()
      const { mapping } = await grant()
      const child = await stage.users.start(mapping.mmap)
      expect((await api.ask('post', `${path}/disable`)).status).toBe(409)
      const second = await stage.users.start(mapping.mmap)
      await second.write(0, 'x')
      expect(await child.read(0, 1)).toBe('x')
    })

    it('kills by SIGBUS whoever touches a revoked mapping, and says whom it hit', async () => {
      const { api, path, grant } = await start()
      const { mapping } = await grant()
      const child = await stage.users.start(mapping.mmap)
      const { revoked, state } = await api.act(`${path}/disable`, { if_busy: 'revoke' })
      expect([state, revoked]).toEqual([
        'disabled',
        { mappings: 1, processes: [{ pid: child.pid, comm: expect.any(String) }] },
      ])
      expect(await child.dieOfTouch()).toBe('SIGBUS')
    })

    it('says whom a delete by revoke has hit, and they die at their next touch', async () => {
      const { api, grant } = await start()
      const { mapping } = await grant()
      const child = await stage.users.start(mapping.mmap)
      const answer = await api.ask('delete', '/v1/namespaces/n?if_busy=revoke')
      expect([answer.status, answer.body]).toEqual([
        200,
        { revoked: { mappings: 1, processes: [{ pid: child.pid, comm: expect.any(String) }] } },
      ])
      expect(await child.dieOfTouch()).toBe('SIGBUS')
    })

    it('waits with a drain for the last process, after the last reference', async () => {
      const { api, path, grant } = await start()
      const { handle, mapping } = await grant()
      const child = await stage.users.start(mapping.mmap)
      const body = { if_busy: 'drain' }
      const { id } = await api.ok('post', `${path}/disable`, 202, { body })
      await api.remove(`/v1/mappings/${mapping.id}`)
      await api.remove(`/v1/handles/${handle}`)
      expect((await api.get(`/v1/operations/${id}`)).state).toBe('running')
      await child.write(0, 'last words')
      await child.end()
      const { state } = await eventually(
        () => api.get(`/v1/operations/${id}`),
        (operation) => operation.state !== 'running',
      )
      expect([state, (await api.get(path)).state]).toEqual(['succeeded', 'disabled'])
    })

    it('keeps the data over disable and enable', async () => {
      const { api, path, grant } = await start()
      const first = await grant()
      const before = await stage.users.start(first.mapping.mmap)
      await before.write(0, 'keep me')
      await before.end()
      await api.act(`${path}/disable`, { if_busy: 'revoke' })
      await api.act(`${path}/enable`)
      const second = await grant({ offset: first.mapping.offset })
      const after = await stage.users.start(second.mapping.mmap)
      expect(await after.read(0, 7)).toBe('keep me')
    })

    it("serves a claim's holder at the place that the claim tells", async () => {
      const { api } = await start()
      const body = { size: LENGTH, sharing: 'dedicated', holder: 'pod' }
      const claim = await api.ok('put', '/v1/claims/c', 201, { body })
      const child = await stage.users.start(claim.mmap)
      await child.write(LENGTH - 3, 'end')
      const answer = await api.ask('delete', '/v1/claims/c')
      expect(refusal(answer)).toEqual(busy)
      expect(answer.body.holders).toMatchObject([{ kind: 'process', pid: child.pid }])
      const gone = await api.ask('delete', '/v1/claims/c?if_busy=revoke')
      expect(gone.body.revoked.processes).toMatchObject([{ pid: child.pid }])
      expect(await child.dieOfTouch()).toBe('SIGBUS')
    })
  })
}
