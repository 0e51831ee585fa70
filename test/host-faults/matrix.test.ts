/** Every use case, with each of its calls of the host going wrong in each way. */
import { afterAll, expect, test } from 'vitest'
import { WAYS } from './support/fault-host.ts'
import { type FaultService, startFaultService } from './support/fault-service.ts'
import { clear, heal } from './support/heal.ts'
import { pictureOf } from './support/picture.ts'
import { USE_CASES, type UseCase } from './support/use-cases.ts'

/** A use case has some ten calls of the host, and each row takes a second on a busy machine. */
const USE_CASE_TIMEOUT_MS = 600_000

/** What a caller may be told: that it is done, what the host failed with, or to come back. */
const TOLD = [200, 201, 204, 409, 502, 503]

let rows = 0

async function runRow(service: FaultService, useCase: UseCase): Promise<void> {
  const answer = await useCase.act(service)
  if (answer !== null) expect(TOLD, answer.text).toContain(answer.status)
  await heal(service, useCase)
}

test.each(USE_CASES)(
  '$name leaks nothing whichever of its calls of the host fails or hangs',
  async (useCase) => {
    const service = await startFaultService()
    const before = await pictureOf(service)
    await useCase.prepare?.(service)
    service.host.arm(null)
    await useCase.act(service)
    const calls = [...service.host.calls()]
    expect(calls.length).toBeGreaterThan(0)
    await heal(service, useCase)
    await clear(service)
    expect(await pictureOf(service)).toEqual(before)
    for (const [at, method] of calls.entries()) {
      for (const way of WAYS) {
        const row = `${useCase.name}: call ${at}, ${method}, ${way}`
        try {
          await useCase.prepare?.(service)
          service.host.arm({ at, way })
          const struck = service.host.struck()
          await runRow(service, useCase)
          expect(service.host.struck()).toBe(struck + 1)
          await clear(service)
          expect(await pictureOf(service)).toEqual(before)
        } catch (cause) {
          throw new Error(row, { cause })
        }
        rows += 1
      }
    }
  },
  USE_CASE_TIMEOUT_MS,
)

afterAll(() => {
  process.stdout.write(`host faults: ${rows} rows of ${USE_CASES.length} use cases\n`)
})
