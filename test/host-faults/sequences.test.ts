/** Faults that come at random, one after the other and on top of each other. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Ask, Method as Verb } from '../support/api.ts'
import { WAYS } from './support/fault-host.ts'
import { type FaultService, startFaultService } from './support/fault-service.ts'
import { clear, heal, WAIT } from './support/heal.ts'
import { pictureOf } from './support/picture.ts'
import { UNIT } from './support/use-cases.ts'

/** `DAXD_HOST_FAULT_RUNS=200` for the long run; `DAXD_TEST_SEED` repeats one. */
const RUNS = Number(process.env['DAXD_HOST_FAULT_RUNS'] ?? 20)
const TIMEOUT_MS = 60_000 + RUNS * 20_000
/** Few use cases have more calls of the host. */
const CALLS_MAX = 6

interface Step {
  readonly verb: Verb
  readonly path: string
  readonly body?: object
  /** The device of this namespace stands for `{chardev}` in the path. */
  readonly of?: string
  readonly fault: { readonly at: number; readonly way: (typeof WAYS)[number] } | null
  /** What hangs is let go on before this step. */
  readonly release: boolean
}

const name = fc.constantFrom('a', 'b')
const region = fc.constantFrom(0, 1)
const ifBusy = fc.constantFrom('refuse', 'revoke')
const size = fc.constantFrom(8 * UNIT, 16 * UNIT)

const request: fc.Arbitrary<Pick<Step, 'verb' | 'path' | 'body' | 'of'>> = fc.oneof(
  fc.tuple(name, region, size, fc.constantFrom('none', 'on_release')).map((drawn) => {
    const [one, at, bytes, wipe] = drawn
    const body = { name: `n${one}`, region: at, size: bytes, wipe, pool: true }
    return { verb: 'post', path: '/v1/namespaces', body } as const
  }),
  fc
    .tuple(name, ifBusy)
    .map(([one, how]) => ({ verb: 'delete', path: `/v1/namespaces/n${one}?if_busy=${how}` })),
  fc.tuple(name, size).map(([one, bytes]) => ({
    verb: 'patch',
    path: `/v1/namespaces/n${one}`,
    body: { size: bytes },
  })),
  fc.tuple(name, ifBusy).map(([one, if_busy]) => ({
    verb: 'post',
    path: '/v1/devices/{chardev}/disable',
    body: { if_busy },
    of: `n${one}`,
  })),
  name.map((one) => ({ verb: 'post', path: '/v1/devices/{chardev}/enable', of: `n${one}` })),
  fc.tuple(name, fc.constantFrom('dedicated', 'slice')).map(([one, sharing]) => ({
    verb: 'put',
    path: `/v1/claims/c${one}`,
    body: { size: UNIT, sharing, holder: 'h', wipe: 'on_release' },
  })),
  fc
    .tuple(name, ifBusy)
    .map(([one, how]) => ({ verb: 'delete', path: `/v1/claims/c${one}?if_busy=${how}` })),
) as fc.Arbitrary<Pick<Step, 'verb' | 'path' | 'body' | 'of'>>

const fault = fc.record({
  at: fc.integer({ min: 0, max: CALLS_MAX }),
  way: fc.constantFrom(...WAYS),
})

const step: fc.Arbitrary<Step> = fc
  .tuple(request, fc.option(fault, { freq: 3 }), fc.boolean())
  .map(([asked, drawn, release]) => ({ ...asked, fault: drawn, release }))

/** What there is to be changed before the first fault. */
const START: readonly Step[] = [0, 1].map((at) => ({
  verb: 'post',
  path: '/v1/namespaces',
  body: { name: at === 0 ? 'na' : 'nb', region: at, size: 8 * UNIT, pool: true },
  fault: null,
  release: true,
}))

/** A refusal is as good as a success here, a defect or a broken connection is not. */
async function take(service: FaultService, { verb, path, body, of, ...how }: Step): Promise<void> {
  if (how.release) service.host.release()
  let target = path
  if (of !== undefined) {
    const { status, body: namespace } = await service.ask('get', `/v1/namespaces/${of}`)
    if (status !== 200) return
    target = path.replace('{chardev}', namespace.chardev)
  }
  service.host.arm(how.fault)
  const ask: Ask = { headers: WAIT, ...(body === undefined ? {} : { body }) }
  const { status, text } = await service.ask(verb, target, ask)
  expect(status, `${verb} ${target}: ${text}`).not.toBe(500)
}

test(
  'whatever faults come in a row, the host and the books are whole once they are over',
  async () => {
    const service = await startFaultService()
    const before = await pictureOf(service)
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 2, maxLength: 8 }), async (steps) => {
        for (const one of START) await take(service, one)
        for (const one of steps) await take(service, one)
        await heal(service)
        await clear(service)
        expect(await pictureOf(service)).toEqual(before)
      }),
      { numRuns: RUNS, endOnFailure: true },
    )
    const struck = service.host.struck()
    expect(struck).toBeGreaterThan(0)
    process.stdout.write(`host faults: ${struck} struck in ${RUNS} random sequences\n`)
  },
  TIMEOUT_MS,
)
