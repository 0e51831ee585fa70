/** Claims that live as long as a block: kept over restarts, given back at the end, or lost. */
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, expect, onTestFinished, test, vi } from 'vitest'
import {
  type ClaimWish,
  createClient,
  type Daxd,
  type Fetch,
  LeaseLostError,
  type LeaseView,
} from '../../client/src/index.ts'
import { createClient as createNodeClient } from '../../client/src/node.ts'
import { createToken } from '../../src/identity/token-file.ts'
import { startIdentityDaemon, temporaryDirectory } from '../identity/support/identity-daemon.ts'
import { startTestDaemon } from '../support/start-test-daemon.ts'
import { startDaemonOnSocket } from './support/daemon-on-socket.ts'
import { until } from './support/until.ts'

const TIMEOUT_MS = 60_000
const WISH: ClaimWish = {
  name: 'mine',
  size: '2MiB',
  sharing: 'dedicated',
  holder: 'me',
  selector: { kind: 'dynamic' },
}

afterEach(() => void vi.restoreAllMocks())

async function start() {
  const { url } = await startTestDaemon()
  return createClient({ url })
}

/** What ending a block with this claim in it throws; null for nothing. */
async function disposed(claim: AsyncDisposable): Promise<unknown> {
  try {
    await claim[Symbol.asyncDispose]()
    return null
  } catch (error) {
    return error
  }
}

/** What a wall clock does while a laptop sleeps; the monotonic one stands still meanwhile. */
function jumpAhead(): void {
  const now = Date.now
  vi.spyOn(Date, 'now').mockImplementation(() => now() + 3_600_000)
}

const claimNames = async (daxd: Daxd) => (await daxd.claims.list().all()).map(({ name }) => name)

test('a block has the memory, and its end gives it back', async () => {
  const daxd = await start()
  const free = (await daxd.regions.get(0)).available_size
  {
    await using claim = await daxd.claim(WISH)
    expect(claim).toMatchObject({ name: 'mine', state: 'active', path: claim.mmap.path })
    expect(claim.token).toBeGreaterThan(0)
    expect(await claimNames(daxd)).toEqual(['mine'])
    expect(claim.lost.aborted).toBe(false)
  }
  expect(await claimNames(daxd)).toEqual([])
  expect((await daxd.regions.get(0)).available_size).toBe(free)
})

test('a claim without a name gets one that nobody has', async () => {
  const daxd = await start()
  const { name: _, ...wish } = WISH
  await using one = await daxd.claim(wish)
  await using two = await daxd.claim(wish)
  expect((await claimNames(daxd)).sort()).toEqual([one.name, two.name].sort())
})

test('a tenant’s claim without a name gets one that the tenant may have', async () => {
  const directory = temporaryDirectory()
  const identity = { role: 'tenant', tenant: 'red', lifeMs: null, note: '' } as const
  const { text: token } = createToken(directory, { name: 'ci', ...identity })
  const socketPath = join(directory, 'daxd.sock')
  await startIdentityDaemon({ listen: `unix:${socketPath}` }, directory)
  const operator = createNodeClient({ socketPath })
  const daxd = createNodeClient({ socketPath, token })
  onTestFinished(() => [operator, daxd].forEach((each) => void each.close()))
  await operator.tenants.put('red', { quota: { bytes: '1GiB' } })
  const { name: _, ...wish } = WISH
  await using claim = await daxd.claim(wish)
  expect(claim).toMatchObject({ name: expect.stringMatching(/^red\.claim-/), tenant: 'red' })
  await expect(daxd.claim(WISH)).rejects.toMatchObject({ code: 'forbidden_name' })
})

test('a callback that throws loses the lease aloud, and nothing else', async () => {
  const daxd = await start()
  const onRenew = (): void => {
    throw new Error('of the callback')
  }
  const claim = await daxd.claim({ ...WISH, ttl_ms: 600 }, { onRenew })
  await until('the loss', () => claim.lost.aborted)
  expect(claim.lost.reason).toMatchObject({ cause: { message: 'of the callback' } })
  expect(await disposed(claim)).toBeNull()
})

test('an exception in the block gives the memory back and goes on', async () => {
  const daxd = await start()
  const block = async () => {
    await using _claim = await daxd.claim(WISH)
    throw new Error('of the block')
  }
  await expect(block()).rejects.toThrow('of the block')
  expect(await claimNames(daxd)).toEqual([])
})

test('a claim outlives its ttl, since its lease is renewed at a third of it', async () => {
  const daxd = await start()
  const renewed: LeaseView[] = []
  const ttl_ms = 3000
  const onRenew = (lease: LeaseView) => renewed.push(lease)
  await using claim = await daxd.claim({ ...WISH, ttl_ms }, { onRenew })
  const began = performance.now()
  await until('four renewals', () => renewed.length >= 4)
  expect(performance.now() - began).toBeGreaterThan((4 * ttl_ms) / 3 - 50)
  expect(claim.lost.aborted).toBe(false)
  expect(await daxd.claims.get('mine')).toMatchObject({ state: 'active', lease: claim.lease })
})

test(
  'a daemon that is killed and comes back within the ttl takes nothing away',
  async () => {
    const daemon = await startDaemonOnSocket()
    const daxd = daemon.client()
    const failures: number[] = []
    let renewals = 0
    const count = (): void => {
      renewals += 1
    }
    const claim = await daxd.claim(
      { ...WISH, ttl_ms: 20_000 },
      {
        onRenew: count,
        onRenewFailure: ({ leftMs }) => failures.push(leftMs),
      },
    )
    await daemon.kill()
    // It looks at once instead of after a third of the ttl.
    jumpAhead()
    await until('a renewal that fails', () => failures.length > 0)
    await daemon.start()
    await until('a renewal', () => renewals > 0)
    expect(claim.lost.aborted).toBe(false)
    expect(failures.every((leftMs) => leftMs > 0 && leftMs <= 20_000)).toBe(true)
    expect(await claimNames(daxd)).toEqual(['mine'])
    expect(await disposed(claim)).toBeNull()
    expect(await claimNames(daxd)).toEqual([])
  },
  TIMEOUT_MS,
)

test(
  'a daemon that stays away costs the claim at the end of the ttl, and not before',
  async () => {
    const daemon = await startDaemonOnSocket()
    const daxd = daemon.client({ timeoutMs: 500 })
    const ttl_ms = 1500
    let aliveAt = performance.now()
    const onRenew = () => {
      aliveAt = performance.now()
    }
    const claim = await daxd.claim({ ...WISH, ttl_ms }, { onRenew })
    await daemon.kill()
    await until('the loss', () => claim.lost.aborted)
    // A renewal counts from when it was sent, which is a little before it was answered.
    expect(performance.now() - aliveAt).toBeGreaterThan(ttl_ms - 300)
    expect(claim.lost.reason).toBeInstanceOf(LeaseLostError)
    expect(claim.lost.reason.lease).toMatchObject({ id: claim.lease, holder: 'me', ttl_ms })
    // Nobody knows whether the memory is given back, so the end of the block says so.
    expect(await disposed(claim)).toMatchObject({ name: 'DaxdConnectionError' })
  },
  TIMEOUT_MS,
)

test(
  'a holder that slept over its ttl learns it from daxd as soon as it is awake',
  async () => {
    const daemon = await startDaemonOnSocket()
    const daxd = daemon.client()
    const claim = await daxd.claim({ ...WISH, ttl_ms: 600 })
    // Nothing of this process runs meanwhile.
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 2500)
    await until('the loss', () => claim.lost.aborted)
    expect(claim.lost.reason.cause).toMatchObject({ name: 'DaxdError' })
    expect(await disposed(claim)).toBeNull()
  },
  TIMEOUT_MS,
)

test('a wall clock that jumps, as that of a laptop that slept, makes it ask at once', async () => {
  const daxd = await start()
  let renewals = 0
  const count = (): void => {
    renewals += 1
  }
  await using claim = await daxd.claim(WISH, { onRenew: count })
  jumpAhead()
  // Else it would be after ten seconds, a third of the half minute.
  const began = performance.now()
  await until('a renewal', () => renewals > 0)
  expect(performance.now() - began).toBeLessThan(9_000)
  expect(claim.lost.aborted).toBe(false)
})

test('a claim that an operator has taken away is lost, and its end is no error', async () => {
  const daxd = await start()
  const claim = await daxd.claim({ ...WISH, ttl_ms: 900 })
  await daxd.claims.delete('mine', { if_busy: 'revoke' })
  await until('the loss', () => claim.lost.aborted)
  expect(claim.lost.reason.cause).toMatchObject({ name: 'DaxdError', errno: 'ESTALE' })
  expect(await disposed(claim)).toBeNull()
})

test('the end of a block waits for a release that is under way already', async () => {
  const rule = { operation: 'destroy', when: 'before', probability: 1, latency_ms: 1500 }
  const { url } = await startTestDaemon({ faults: { seed: 1, rules: [rule] } })
  const daxd = createClient({ url })
  const claim = await daxd.claim(WISH)
  const taken = daxd.claims.delete('mine')
  await until('the release', async () => (await daxd.claims.get('mine')).state === 'releasing')
  expect(await disposed(claim)).toBeNull()
  expect(await claimNames(daxd)).toEqual([])
  await taken
})

test('the end of a block leaves the claim alone that another holder has by the name', async () => {
  const daxd = await start()
  const claim = await daxd.claim(WISH)
  await daxd.claims.delete('mine')
  await using other = await daxd.claim({ ...WISH, holder: 'another' })
  expect(await disposed(claim)).toBeNull()
  expect(await daxd.claims.get('mine')).toMatchObject({ holder: 'another', lease: other.lease })
})

test('memory that somebody uses is not given back, and the end of the block throws', async () => {
  const daxd = await start()
  const claim = await daxd.claim({ ...WISH, ttl_ms: 60_000 })
  const { id } = await daxd.handles.create(claim.chardev, { holder: 'another' })
  const holders = [{ kind: 'handle', id, holder: 'another' }]
  expect(await disposed(claim)).toMatchObject({ code: 'busy', errno: 'EBUSY', holders })
  expect(await claimNames(daxd)).toEqual(['mine'])
})

test('a block may say that its end takes the memory from whoever uses it', async () => {
  const daxd = await start()
  const claim = await daxd.claim(WISH, { ifBusy: 'revoke' })
  await daxd.handles.create(claim.chardev, { holder: 'another' })
  expect(await disposed(claim)).toBeNull()
  expect(await claimNames(daxd)).toEqual([])
})

test('a release that is refused leaves the claim kept, and can be made again', async () => {
  const daxd = await start()
  let renewals = 0
  const count = (): void => {
    renewals += 1
  }
  const claim = await daxd.claim({ ...WISH, ttl_ms: 3000 }, { onRenew: count })
  await daxd.handles.create(claim.chardev, { holder: 'another' })
  await expect(claim.release()).rejects.toMatchObject({ code: 'busy' })
  renewals = 0
  await until('renewals after it', () => renewals > 1)
  expect(claim.lost.aborted).toBe(false)
  expect(await claim.release({ if_busy: 'revoke' })).toEqual({
    revoked: { mappings: 0, processes: [] },
  })
  expect(await disposed(claim)).toBeNull()
  expect(claim.lost.aborted).toBe(false)
})

test('an end while a renewal is under way does not wait for it', async () => {
  const { url } = await startTestDaemon()
  let underWay = 0
  const fetch: Fetch = async (address, init) => {
    if (!address.endsWith('/renew')) return globalThis.fetch(address, init)
    underWay += 1
    // The first belongs to the claiming.
    if (underWay === 1) return globalThis.fetch(address, init)
    await sleep(TIMEOUT_MS, undefined, { signal: init.signal })
    throw new Error('nobody came')
  }
  const daxd = createClient({ url, fetch })
  const claim = await daxd.claim({ ...WISH, ttl_ms: 6_000 })
  await until('a renewal that hangs', () => underWay > 1)
  expect(await disposed(claim)).toBeNull()
  expect(claim.lost.aborted).toBe(false)
  expect(await claimNames(daxd)).toEqual([])
})

test('a claim that is refused is no block at all', async () => {
  const daxd = await start()
  await expect(daxd.claim({ ...WISH, size: '1TiB' })).rejects.toMatchObject({ code: 'no_region' })
  expect(await daxd.leases.list().all()).toEqual([])
})

test('a lease of a block ends with it, and closes the handles opened under it', async () => {
  const daxd = await start()
  await daxd.namespaces.create({ name: 'n', size: '2m', region: 0 })
  {
    await using lease = await daxd.lease({ holder: 'me' })
    expect(lease.current()).toMatchObject({ id: lease.id, token: lease.token, ttl_ms: 30_000 })
    await daxd.handles.create('dax0.0', { holder: 'me', lease: lease.id })
    expect(await daxd.handles.list().all()).toHaveLength(1)
  }
  expect([await daxd.handles.list().all(), await daxd.leases.list().all()]).toEqual([[], []])
})
