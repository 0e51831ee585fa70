import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { readTopology } from '../../../src/backends/emulated/read-topology.ts'

const GIB = 2 ** 30
const MIB = 2 ** 20
let folder: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'daxd-topology-'))
})
afterEach(() => rm(folder, { recursive: true }))

async function file(name: string, text: string): Promise<string> {
  await writeFile(join(folder, name), text)
  return join(folder, name)
}

test('without a file the host is the documented default', async () => {
  const common = {
    provider: 'emulated',
    size: 16 * GIB,
    align: 2 * MIB,
    supported_aligns: [4096, 2 * MIB, GIB],
    memmap: 'mem',
    numa_node: 0,
    target_node: 0,
    reserved: [],
  }
  expect(await readTopology([])).toEqual({
    regions: [
      {
        ...common,
        id: 0,
        path: '/platform/emulated.0',
        kind: 'dynamic',
        start: 4 * GIB,
        granularity: 2 * MIB,
        media: { persistence: 'volatile', type: 'dram' },
      },
      {
        ...common,
        id: 1,
        path: '/platform/emulated.1',
        kind: 'static',
        start: 20 * GIB,
        granularity: 16 * MIB,
        media: { persistence: 'persistent', type: 'pmem' },
      },
    ],
    devices: [],
  })
})

test('a description in YAML says as much as it wants, the rest is as usual', async () => {
  const path = await file(
    'host.yaml',
    `
regions:
  - size: 3g            # gets id 0 and the place behind region 7
  - id: 7
    kind: static
    start: 0x200000000
    size: 2GiB
    align: 1073741824
`,
  )
  const other = await file(
    'more.json',
    JSON.stringify({
      regions: [
        {
          size: 2097152,
          align: 4096,
          memmap: 'none',
          media: { persistence: 'persistent', type: 'hbm', bandwidth: 4e11, latency_ns: 90 },
          provider: 'cxl',
          numa_node: 1,
        },
      ],
    }),
  )
  expect(await readTopology([path, other])).toEqual({
    regions: [
      {
        id: 0,
        provider: 'emulated',
        path: '/platform/emulated.0',
        kind: 'dynamic',
        start: 10 * GIB,
        size: 3 * GIB,
        align: 2 * MIB,
        granularity: 2 * MIB,
        supported_aligns: [4096, 2 * MIB, GIB],
        memmap: 'mem',
        media: { persistence: 'volatile', type: 'dram' },
        numa_node: 0,
        target_node: 0,
        reserved: [],
      },
      {
        id: 1,
        provider: 'cxl',
        path: '/platform/cxl.1',
        kind: 'dynamic',
        start: 13 * GIB,
        size: 2 * MIB,
        align: 4096,
        granularity: 2 * MIB,
        supported_aligns: [4096, 2 * MIB],
        memmap: 'none',
        media: { persistence: 'persistent', type: 'hbm', bandwidth: 4e11, latency_ns: 90 },
        numa_node: 1,
        target_node: 1,
        reserved: [],
      },
      {
        id: 7,
        provider: 'emulated',
        path: '/platform/emulated.7',
        kind: 'static',
        start: 8 * GIB,
        size: 2 * GIB,
        align: GIB,
        granularity: 16 * MIB,
        supported_aligns: [4096, 2 * MIB, GIB],
        memmap: 'mem',
        media: { persistence: 'persistent', type: 'pmem' },
        numa_node: 0,
        target_node: 0,
        reserved: [],
      },
    ],
    devices: [],
  })
})

test.each([
  ['an unknown key', 'regions: [{ size: 1g, colour: red }]', 'regions[0]'],
  ['a size of zero', 'regions: [{ size: 0 }]', 'regions[0].size'],
  ['a size with a fraction', 'regions: [{ size: 1.5G }]', 'regions[0].size'],
  ['a size beyond 2^53-1', 'regions: [{ size: 9000000t }]', 'regions[0].size'],
  ['a misaligned size', 'regions: [{ size: 1g }, { size: 4096 }]', 'regions[1].size'],
  ['a misaligned start', 'regions: [{ size: 1g, start: 1m }]', 'regions[0].start'],
  ['an unknown align', 'regions: [{ size: 1g, align: 8192 }]', 'regions[0].align'],
  ['no size', 'regions: [{ id: 3 }]', 'regions[0].size'],
  ['no regions', 'regions: []', 'regions'],
  ['another document', 'name: host', 'regions'],
])('%s is malformed, with the place of it', async (_what, text, place) => {
  const path = await file('host.yaml', text)
  const refusal = await readTopology([path]).catch((error) => error)
  expect(refusal).toMatchObject({ code: 'malformed' })
  expect(refusal.facts.issues[0].path).toBe(place)
  expect(refusal.message.startsWith(`Topology ${path}: ${place}: `)).toBe(true)
})

test.each([
  ['nothing in it', ''],
  ['neither YAML nor JSON', 'regions: [{'],
  ['one id twice', 'regions: [{ id: 3, size: 1g }, { id: 3, size: 1g }]'],
  ['an overlap', 'regions: [{ start: 4g, size: 1g }, { start: 0x13fe00000, size: 1g }]'],
  ['a place beyond 2^53-1', 'regions: [{ start: 8191t, size: 1t }, { size: 2t }]'],
  ['a bomb of aliases', bomb()],
])('a file with %s is malformed and named', async (_what, text) => {
  const path = await file('host.yaml', text)
  const refusal = await readTopology([path]).catch((error) => error)
  expect(refusal).toMatchObject({ code: 'malformed' })
  expect(refusal.message).toContain(path)
})

function bomb(): string {
  const lines = ['a0: &a0 [x, x, x, x, x, x, x, x, x, x]']
  for (let level = 1; level < 10; level += 1) {
    const alias = `*a${level - 1}`
    lines.push(`a${level}: &a${level} [${Array.from({ length: 10 }, () => alias).join(', ')}]`)
  }
  return lines.join('\n')
}

test('a syntax error is told in one line, with its place', async () => {
  const path = await file('host.yaml', 'regions:\n  - size: "1g\n')
  const refusal = await readTopology([path]).catch((error) => error)
  expect(refusal.message).toMatch(/^Topology \S+host\.yaml: .* at line 3, column 1$/)
})

test('a missing file, a folder and a file beyond 8 MiB are malformed', async () => {
  const large = await file('large.json', `{"regions":[{"size":"1g"}]}${' '.repeat(8 * MIB)}`)
  for (const path of [join(folder, 'missing'), folder, large]) {
    const refusal = await readTopology([path]).catch((error) => error)
    expect(refusal).toMatchObject({ code: 'malformed' })
    expect(refusal.message).toContain(path)
  }
})
