/** What a fault has left is taken away as well as mended: a failed thing can be deleted at once. */
import { expect, test } from 'vitest'
import { WAYS } from './support/fault-host.ts'
import { startFaultService } from './support/fault-service.ts'
import { clear, settle } from './support/heal.ts'
import { pictureOf } from './support/picture.ts'
import { MAKING } from './support/use-cases.ts'

/** Some twenty rows each, of which each takes a second on a busy machine. */
const TIMEOUT_MS = 300_000

test.each(MAKING)(
  'what $name has left half-way is deleted without a trace',
  async (useCase) => {
    const service = await startFaultService()
    const before = await pictureOf(service)
    service.host.arm(null)
    await useCase.act(service)
    const calls = [...service.host.calls()]
    await clear(service)
    for (const [at, method] of calls.entries()) {
      for (const way of WAYS) {
        service.host.arm({ at, way })
        await useCase.act(service)
        await settle(service)
        await clear(service)
        expect(await pictureOf(service), `call ${at}, ${method}, ${way}`).toEqual(before)
        const { items } = await service.get('/v1/reconciliation')
        expect(items, `call ${at}, ${method}, ${way}`).toEqual([])
      }
    }
  },
  TIMEOUT_MS,
)
