/** Two tenants on a real kernel: what one wrote the other finds in no byte, and sees nothing of. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Role } from '../../src/core/principal.ts'
import { createToken } from '../../src/identity/token-file.ts'
import { type Answer, type Ask, type Method, refusal } from '../support/api.ts'
import { connectGuest } from './rig/guest.ts'
import {
  type DaxdHost,
  type KernelDaxd,
  openDaxdHost,
  STATE_DIRECTORY,
} from './support/daxd-host.ts'
import { hold, type MmapCall } from './support/holder.ts'
import { type LogMark, markKernelLog } from './support/kernel-log.ts'
import { ownGuest } from './support/own-guest.ts'

const MIB = 2 ** 20
const QUOTA = 64 * MIB
const TOKENS_SEEN = { timeout: 60_000 }
const PEOPLE = {
  admin: ['admin', null],
  red: ['tenant', 'red'],
  blue: ['tenant', 'blue'],
} as const satisfies Record<string, readonly [Role, string | null]>

type Person = keyof typeof PEOPLE
type Body = Answer['body']

const guest = connectGuest(ownGuest())
let daxd: DaxdHost
let api: KernelDaxd
let log: LogMark
let tokens: ReadonlyMap<string, string>
let regions: { readonly hmem: number; readonly pmem: number }

beforeAll(async () => {
  daxd = await openDaxdHost(guest)
})

beforeEach(async () => {
  log = await markKernelLog(guest)
  api = await daxd.fresh()
  regions = await api.regions()
  tokens = await knowPeople()
  // Red's memory is wiped whatever red asks for; blue's is not, so that a test can tell.
  const quota = { bytes: QUOTA }
  await ok('admin', 'put', '/v1/tenants/red', 201, { body: { quota } })
  await ok('admin', 'put', '/v1/tenants/blue', 201, { body: { wipe: 'none' } })
})

afterEach(async () => {
  api.close()
  expect(await log.complaints()).toEqual([])
})

afterAll(async () => {
  await daxd.end()
  guest.close()
})

/** Makes tokens as `daxd token create` does, in the file of the daemon that runs. */
async function knowPeople(): Promise<ReadonlyMap<string, string>> {
  const directory = mkdtempSync(join(tmpdir(), 'daxd-tokens-'))
  const wish = { lifeMs: null, note: '' }
  const made = Object.entries(PEOPLE).map(([name, [role, tenant]]): [string, string] => {
    return [name, createToken(directory, { name, role, tenant, ...wish }).text]
  })
  const file = readFileSync(join(directory, 'tokens.json')).toString('base64')
  rmSync(directory, { recursive: true })
  const path = `${STATE_DIRECTORY}/tokens.json`
  await guest.sh(`echo ${file} | base64 -d > ${path}.new && mv ${path}.new ${path}`)
  const asNobody = async () => (await api.ask('get', '/v1/claims')).status
  await expect.poll(asNobody, TOKENS_SEEN).toBe(401)
  return new Map(made)
}

function by(who: Person, { body, headers = {} }: Ask): Ask {
  const authorization = `Bearer ${tokens.get(who)}`
  return { headers: { ...headers, authorization }, ...(body === undefined ? {} : { body }) }
}

const ask = (who: Person, method: Method, path: string, given: Ask = {}): Promise<Answer> =>
  api.ask(method, path, by(who, given))

function ok(who: Person, method: Method, path: string, status: number, given: Ask = {}) {
  return api.ok(method, path, status, by(who, given))
}

function claim(who: Person, name: string, more: object): Promise<Body> {
  const body = { holder: who, sharing: 'dedicated', ...more }
  return ok(who, 'put', `/v1/claims/${who}.${name}`, 201, { body })
}

async function writeSecret(call: MmapCall): Promise<number> {
  const places = [0, 1, 4095, call.length / 2 + 17, call.length - 1]
  const writer = await hold(guest, call)
  expect(writer.opened).toMatchObject({ open: 0, mmap: 0, faults: 0 })
  for (const at of places) await writer.store(at, 0xa5)
  await writer.end()
  return places.length
}

/** How many bytes are not zero, of all of them. */
async function nonzeroIn(call: MmapCall): Promise<unknown> {
  const reader = await hold(guest, call)
  const reply = await reader.probe.ask({ op: 'nonzero', slot: 1 })
  await reader.end()
  return reply['nonzero']
}

async function placeOf(chardev: string): Promise<unknown> {
  return (await ok('admin', 'get', `/v1/devices/${chardev}`, 200)).ranges
}

describe.each(['hmem', 'pmem'] as const)('memory of %s', (on) => {
  const size = { hmem: 8 * MIB, pmem: 32 * MIB }[on]
  const wanted = () => ({ size, selector: { region: regions[on] } })

  test('that red gave back is zero in every byte for blue, though red asked for no wipe', async () => {
    const red = await claim('red', 'c', { ...wanted(), wipe: 'none' })
    expect(red).toMatchObject({ tenant: 'red', wipe: 'on_release' })
    const place = await placeOf(red.chardev)
    await writeSecret(red.mmap)
    const peeks: readonly [Method, string][] = [
      ['get', '/v1/claims/red.c'],
      ['get', `/v1/devices/${red.chardev}/users`],
      ['post', `/v1/devices/${red.chardev}/handles`],
      ['delete', '/v1/claims/red.c?if_busy=revoke'],
    ]
    for (const [method, path] of peeks) {
      const body = method === 'post' ? { body: { holder: 'blue' } } : {}
      expect([method, path, (await ask('blue', method, path, body)).status]).toEqual([
        ...[method, path, 404],
      ])
    }
    await ok('red', 'delete', '/v1/claims/red.c', 204)
    const blue = await claim('blue', 'c', wanted())
    expect(await placeOf(blue.chardev)).toEqual(place)
    expect(await nonzeroIn(blue.mmap)).toBe(0)
    // The other way round, without a wipe, red finds what blue wrote: so the test can tell.
    const count = await writeSecret(blue.mmap)
    await ok('blue', 'delete', '/v1/claims/blue.c', 204)
    const again = await claim('red', 'again', wanted())
    expect(await placeOf(again.chardev)).toEqual(place)
    expect(await nonzeroIn(again.mmap)).toBe(count)
    await ok('red', 'delete', '/v1/claims/red.again', 204)
  })

  test('is taken from a tenant that is deleted, and wiped before blue has it', async () => {
    const red = await claim('red', 'c', wanted())
    const place = await placeOf(red.chardev)
    await writeSecret(red.mmap)
    const path = '/v1/tenants/red?if_busy=revoke'
    await ok('admin', 'delete', path, 204, { headers: { prefer: 'wait=240' } })
    const blue = await claim('blue', 'c', wanted())
    expect(await placeOf(blue.chardev)).toEqual(place)
    expect(await nonzeroIn(blue.mmap)).toBe(0)
    const late = await ask('red', 'put', '/v1/claims/red.c', {
      body: { holder: 'red', sharing: 'dedicated', ...wanted() },
    })
    expect(refusal(late)).toEqual({ status: 403, errno: 'EPERM', code: 'tenant_unknown' })
  })
})

test("a slice of the host's pool is wiped for the next tenant, its neighbour's is not", async () => {
  const pool = { name: 'pool', region: regions.hmem, size: 8 * MIB, pool: true }
  await ok('admin', 'post', '/v1/namespaces', 201, { body: pool })
  const slice = { size: 4 * MIB, sharing: 'slice' }
  const [red, kept] = [await claim('red', 's', slice), await claim('blue', 'kept', slice)]
  await writeSecret(red.mmap)
  const count = await writeSecret(kept.mmap)
  await ok('red', 'delete', '/v1/claims/red.s', 204)
  const next = await claim('blue', 'next', slice)
  expect([next.chardev, next.offset]).toEqual([red.chardev, red.offset])
  expect([await nonzeroIn(next.mmap), await nonzeroIn(kept.mmap)]).toEqual([0, count])
})

test('a quota is full while the region is not, and who asked for too much is written down', async () => {
  const wanted = { holder: 'red', sharing: 'dedicated', selector: { region: regions.hmem } }
  const body = { ...wanted, size: QUOTA + 2 * MIB }
  const answer = await ask('red', 'put', '/v1/claims/red.much', { body })
  expect(refusal(answer)).toEqual({ status: 507, errno: 'ENOSPC', code: 'quota_exhausted' })
  await claim('blue', 'much', { ...wanted, size: QUOTA + 2 * MIB })
  await ask('red', 'get', '/v1/claims/blue.much')
  const denied = async () => {
    const { items } = await ok('admin', 'get', '/v1/audit?object=claim/blue.much&actor=red', 200)
    return items.map(({ outcome, tenant, why }: Body) => [outcome, tenant, why])
  }
  const why = { code: 'no_such_claim', withheld: true }
  await expect.poll(denied, TOKENS_SEEN).toEqual([['refused', 'blue', why]])
  expect(await ok('admin', 'get', '/v1/audit/verify', 200)).toMatchObject({ whole: true })
})
