/** Hosts that were recorded on real kernels, served as they were: test/fixtures/recorded. */
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { startTestDaemon } from '../support/start-test-daemon.ts'

interface Listed {
  readonly chardev: string
  readonly size: number
  readonly align: number
  readonly target_node: number
  readonly mode: string
  readonly state?: string
  readonly mappings?: readonly { readonly page_offset: number }[]
}

const fileOf = (kernel: string, name: string) =>
  fileURLToPath(new URL(`../fixtures/recorded/${kernel}/${name}.txt`, import.meta.url))
const read = (kernel: string, name: string) =>
  JSON.parse(readFileSync(fileOf(kernel, name), 'utf8'))

/** The daxctl listing's devices as the wire should show them. */
function devicesOf(kernel: string): object[] {
  const regions: readonly { readonly devices: readonly Listed[] }[] = read(
    kernel,
    'daxctl-list-RDMi',
  )
  return regions
    .flatMap(({ devices }) => devices)
    .map(({ chardev, size, align, target_node, mode, state = 'enabled', mappings = [] }) => {
      const ranges = [...mappings].sort((a, b) => a.page_offset - b.page_offset)
      return { chardev, size, align, target_node, mode, state, ranges }
    })
    .sort(byChardev)
}

function byChardev(left: { chardev: string }, right: { chardev: string }): number {
  return left.chardev < right.chardev ? -1 : 1
}

describe.each(['k6.1', 'k6.12'])('%s', (kernel) => {
  const topology = [fileOf(kernel, 'daxctl-list-RDMi'), fileOf(kernel, 'ndctl-list-RNDi')]

  it('shows the devices of the recorded host, each as daxctl listed it', async () => {
    const api = await startTestDaemon({ topology })
    const { items } = await api.get('/v1/devices?idle=true')
    const shown = items
      .map(
        ({ chardev, size, align, target_node, mode, state, ranges }: Listed & { ranges: [] }) => ({
          chardev,
          size,
          align,
          target_node,
          mode,
          state,
          ranges,
        }),
      )
      .sort(byChardev)
    expect(shown).toEqual(devicesOf(kernel))
  })

  it('shows the regions with the size and the free space that the tools printed', async () => {
    const api = await startTestDaemon({ topology })
    const { items } = await api.get('/v1/regions')
    const figures = items.map((region: Record<string, unknown>) => [
      region['kind'],
      region['size'],
      region['available_size'],
    ])
    const hmem = read(kernel, 'daxctl-list-RDMi').find((one: { path: string }) =>
      one.path.includes('hmem'),
    )
    const [pmem] = read(kernel, 'ndctl-list-RNDi').regions
    expect(figures.sort()).toEqual([
      ['dynamic', hmem.size, hmem.available_size ?? 0],
      ['static', pmem.size, pmem.available_size],
    ])
    const fixed = items.find((region: { kind: string }) => region.kind === 'static')
    expect(fixed.max_available_extent).toBe(pmem.max_available_extent)
  })

  it('holds every recorded device as an orphan that can be adopted', async () => {
    const api = await startTestDaemon({ topology })
    const { items } = await api.get('/v1/reconciliation')
    const occupied = devicesOf(kernel).filter((device) => (device as Listed).size > 0)
    expect(items.map((one: { object: string }) => one.object).sort()).toEqual(
      occupied.map((device) => `device/${(device as Listed).chardev}`).sort(),
    )
    for (const { object } of items) await api.act('/v1/reconciliation', { object, action: 'adopt' })
    expect((await api.get('/v1/reconciliation')).items).toEqual([])
    expect((await api.get('/v1/namespaces')).items).toHaveLength(occupied.length)
    const later = await api.restart()
    expect((await later.get('/v1/namespaces')).items).toHaveLength(occupied.length)
  })

  it('makes the freed memory of a recorded device into a namespace', async () => {
    const api = await startTestDaemon({ topology })
    const { items } = await api.get('/v1/devices')
    const device = items.find((one: Listed & { region: number }) => one.mode === 'devdax')
    const before = (await api.get(`/v1/regions/${device.region}`)).available_size
    await api.remove(`/v1/devices/${device.chardev}`)
    const { available_size } = await api.get(`/v1/regions/${device.region}`)
    expect(available_size).toBeGreaterThan(before)
    const body = { region: device.region, size: available_size - before }
    await api.make('/v1/namespaces', body)
    expect((await api.get(`/v1/regions/${device.region}`)).available_size).toBe(before)
  })
})
