/** A look at the processes that ends when much has happened to the device it was asked about. */
import { expect, test } from 'vitest'
import { createEndedLives } from '../../../src/backends/kernel/ended-lives.ts'
import type { ProcessFindings, ProcessUse } from '../../../src/procfs/process-use.ts'
import { holder, newHost, plan, refusal } from './fixture.ts'

const NOBODY: ProcessFindings = { found: new Map(), complete: true }
const NODE = '253:1'

/** A device in use by nobody, and the next look at it, which has seen that and ends when told. */
async function stage() {
  const holders = new Map<string, readonly ProcessUse[]>()
  const found = async (): Promise<ProcessFindings> => ({ found: new Map(holders), complete: true })
  let answer = found
  const host = await newHost({ observer: { find: () => answer() } })
  await host.backend.create(plan([[0, 64]]))
  await host.backend.enable('dax0.0')
  async function lookSlowly(): Promise<() => Promise<unknown>> {
    const asked = Promise.withResolvers<void>()
    const slow = Promise.withResolvers<ProcessFindings>()
    answer = () => {
      asked.resolve()
      return slow.promise
    }
    const looking = host.backend.observe(['dax0.0'])
    await asked.promise
    answer = found
    return () => {
      slow.resolve(NOBODY)
      return looking
    }
  }
  return { ...host, holders, lookSlowly }
}

test.each(['disabled', 'fenced'] as const)(
  'that began while the device was %s tells nothing of who has opened it since',
  async (shut) => {
    const { backend, nodes, holders, lookSlowly } = await stage()
    if (shut === 'disabled') await backend.disable('dax0.0')
    else await backend.fence('dax0.0')
    const endLook = await lookSlowly()
    if (shut === 'disabled') await backend.enable('dax0.0')
    else await backend.unfence('dax0.0')
    holders.set(NODE, [holder(7)])
    await endLook()
    await backend.disable('dax0.0')
    expect([...nodes.away]).toEqual(['dax0.0'])
    expect(await refusal(backend.enable('dax0.0'))).toBe('stale_holders')
  },
)

test('that began while a disable was under way, which then failed, tells nothing either', async () => {
  const { backend, kernel, nodes, holders, lookSlowly } = await stage()
  let endLook: (() => Promise<unknown>) | null = null
  const hide = nodes.hide
  nodes.hide = async (owner) => {
    await hide(owner)
    endLook ??= await lookSlowly()
  }
  kernel.failNext('unbind', 'EIO')
  expect(await refusal(backend.disable('dax0.0'))).toBe('backend_failed')
  holders.set(NODE, [holder(7)])
  await (endLook as (() => Promise<unknown>) | null)?.()
  await backend.disable('dax0.0')
  expect([...nodes.away]).toEqual(['dax0.0'])
})

test('that began before a life ended does not let go of those who hold that one', () => {
  const lives = createEndedLives()
  const device = { chardev: 'dax0.1', major: 253, minor: 2 }
  lives.end({ ...device }, [holder(7)])
  const [seen] = lives.numbersOf('dax0.1')
  lives.end({ ...device }, [holder(8)])
  lives.keepOnly(seen ?? device, [])
  expect(lives.isOfEnded(device, holder(8))).toBe(true)
})
