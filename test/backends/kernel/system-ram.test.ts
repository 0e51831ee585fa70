import { describe, expect, test } from 'vitest'
import { newHost, plan, refusal } from './fixture.ts'

const RAM = { mode: 'system-ram' } as const
/** The two 128 MiB blocks of the first 256 MiB at 1 GiB. */
const BLOCKS = ['memory8', 'memory9'] as const

async function newRam(options: Parameters<typeof newHost>[0] = {}) {
  const host = await newHost({ kmemLoaded: true, ...options })
  await host.backend.create(plan([[0, 256]], RAM))
  return host
}

describe('system-ram', () => {
  test('enabling binds to kmem and puts every block online; disabling takes all of it back', async () => {
    const { backend, kernel } = await newRam()
    const enabled = await backend.enable('dax0.0')
    const states = await Promise.all(BLOCKS.map(kernel.stateOfBlock))
    expect({ mode: enabled.mode, enabled: enabled.enabled, states }).toEqual({
      mode: 'system-ram',
      enabled: true,
      states: ['online', 'online'],
    })
    const disabled = await backend.disable('dax0.0')
    expect({ mode: disabled.mode, enabled: disabled.enabled }).toEqual({
      mode: 'system-ram',
      enabled: false,
    })
    expect(kernel.devices()).toEqual(['dax0.0 256M unbound'])
  })

  test('memory stays offline where the host is told so', async () => {
    const { backend, kernel } = await newRam({ onlineMemory: false })
    await backend.enable('dax0.0')
    expect(await Promise.all(BLOCKS.map(kernel.stateOfBlock))).toEqual(['offline', 'offline'])
  })

  test('a block in use is busy: nothing is unbound and all blocks are online again', async () => {
    const { backend, kernel } = await newRam()
    await backend.enable('dax0.0')
    kernel.pinned.add(BLOCKS[1])
    expect(await refusal(backend.disable('dax0.0'))).toBe('busy')
    expect(kernel.devices()).toEqual(['dax0.0 256M kmem'])
    expect(await Promise.all(BLOCKS.map(kernel.stateOfBlock))).toEqual(['online', 'online'])
    expect(await refusal(backend.destroy('dax0.0'))).toBe('device_enabled')
  })

  test('a block that does not go online undoes the whole', async () => {
    const { backend, kernel } = await newRam()
    kernel.failNext('state', 'EIO')
    expect(await refusal(backend.enable('dax0.0'))).toBe('backend_failed')
    expect(kernel.devices()).toEqual(['dax0.0 256M unbound'])
  })

  test('without the driver it is unsupported, without a whole block no_memory_block', async () => {
    const { backend } = await newRam({ kmemLoaded: false })
    expect(await refusal(backend.enable('dax0.0'))).toBe('unsupported')
    const small = await newHost({ kmemLoaded: true })
    await small.backend.create(plan([[64, 128]], RAM))
    expect(await refusal(small.backend.enable('dax0.0'))).toBe('no_memory_block')
    expect(small.kernel.devices()).toEqual(['dax0.0 128M unbound'])
  })

  test('a change of mode decides which driver the next enable gives it to', async () => {
    const { backend, kernel } = await newRam()
    await backend.reshape('dax0.0', plan([[0, 256]]))
    await backend.enable('dax0.0')
    expect(kernel.devices()).toEqual(['dax0.0 256M device_dax'])
    await backend.disable('dax0.0')
    await backend.reshape('dax0.0', plan([[0, 256]], RAM))
    await backend.enable('dax0.0')
    expect(kernel.devices()).toEqual(['dax0.0 256M kmem'])
  })
})
