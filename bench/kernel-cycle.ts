/**
 * Create, enable, disable and destroy a 64 MiB device: by daxd's HTTP, by its backend alone, by
 * daxctl and by the bare writes to sysfs that all of them make; in turns in one run, as root on a
 * host whose dynamic region has room. Prints the medians of whole cycles and of steps, the fastest
 * cycles, and the ratios to daxctl. `daxctl create-device` enables what it makes and has no way
 * around it, so daxd is asked for the same: an enabled namespace in one request.
 *
 *     node bench/kernel-cycle.ts http://127.0.0.1:7329 [rounds]
 */
import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync, readFileSync, writeSync } from 'node:fs'
import { Agent, type IncomingMessage, request } from 'node:http'
import { text } from 'node:stream/consumers'
import { promisify } from 'node:util'
import { createKernelBackend } from '../src/backends/kernel/kernel-backend.ts'
import { rangesOf } from '../src/core/device-range.ts'
import { type Align, bytes } from '../src/core/units.ts'
import type { DevicePlan } from '../src/ports/backend.ts'
import { createProcessObserver } from '../src/procfs/observer.ts'

const SIZE = bytes(64 * 2 ** 20)
const ROUNDS_DEFAULT = 15
const WARM_UPS = 3

const [url = 'http://127.0.0.1:7329', rounds = String(ROUNDS_DEFAULT)] = process.argv.slice(2)
const execute = promisify(execFile)

const agent = new Agent({ keepAlive: true })

/** @throws Error with the problem document of any answer but a success. */
async function ask(method: string, path: string, body?: object): Promise<Record<string, unknown>> {
  const type = body === undefined ? {} : { 'content-type': 'application/json' }
  const headers = { prefer: 'wait=30', ...type }
  const sent = request(`${url}${path}`, { method, agent, headers })
  sent.end(body === undefined ? undefined : JSON.stringify(body))
  const [answer] = (await once(sent, 'response')) as [IncomingMessage]
  const said = await text(answer)
  const status = answer.statusCode ?? 0
  const isDone = status >= 200 && status < 300 && status !== 202
  if (!isDone) throw new Error(`${method} ${path}: ${status} ${said}`)
  return said === '' ? {} : JSON.parse(said)
}

/** A whole cycle; answers how long each of its steps took, milliseconds. */
type Cycle = () => Promise<Readonly<Record<string, number>>>

async function byDaxd(region: number): ReturnType<Cycle> {
  const wanted = { name: 'bench', region, size: SIZE }
  let chardev: unknown
  return {
    create: await timed(async () => {
      chardev = (await ask('POST', '/v1/namespaces', wanted))['chardev']
    }),
    disable: await timed(() => ask('POST', `/v1/devices/${chardev}/disable`)),
    destroy: await timed(() => ask('DELETE', '/v1/namespaces/bench')),
  }
}

/** The calls that the host's side of such a cycle takes, the look at the processes included. */
async function byBackend(region: number, start: number): ReturnType<Cycle> {
  const extents = [{ start: bytes(start), size: SIZE }]
  const plan: DevicePlan = {
    ...{ region, chardev: `dax${region}.0`, name: 'bench', uuid: '' },
    ...{ align: bytes(2 * 2 ** 20) as Align, memmap: 'mem', mode: 'devdax' },
    ...{ extents, ranges: rangesOf(extents) },
  }
  let chardev = ''
  return {
    create: await timed(async () => {
      chardev = (await backend.create(plan)).chardev
    }),
    enable: await timed(() => backend.enable(chardev)),
    fence: await timed(() => backend.fence(chardev)),
    observe: await timed(() => backend.observe([chardev])),
    disable: await timed(() => backend.disable(chardev)),
    destroy: await timed(() => backend.destroy(chardev)),
  }
}

/** `create-device` enables what it makes, so only the other three steps follow. */
async function byDaxctl(region: number): ReturnType<Cycle> {
  const daxctl = async (...args: string[]) => (await execute('daxctl', args)).stdout
  let chardev = ''
  return {
    create: await timed(async () => {
      const made = await daxctl('create-device', '-r', String(region), '-s', String(SIZE))
      chardev = JSON.parse(made)[0].chardev
    }),
    disable: await timed(() => daxctl('disable-device', chardev)),
    destroy: await timed(() => daxctl('destroy-device', chardev)),
  }
}

/** What the kernel itself takes, in the order and by the attributes of `daxctl`. */
async function bySysfs(parent: string): ReturnType<Cycle> {
  const directory = `${parent}/dax_region`
  const driver = '/sys/bus/dax/drivers/device_dax'
  let chardev = ''
  const resize = (size: number) => store(`/sys/bus/dax/devices/${chardev}/size`, String(size))
  return {
    create: await timed(async () => {
      store(`${directory}/create`, '1')
      chardev = readFileSync(`${directory}/create`, 'utf8').trim()
      resize(SIZE)
    }),
    bind: await timed(async () => {
      try {
        store(`${driver}/bind`, chardev)
      } catch {
        // On 6.12 the driver has to be told the name, which binds.
        store(`${driver}/new_id`, chardev)
      }
    }),
    unbind: await timed(async () => {
      store(`${driver}/remove_id`, chardev)
      store(`${driver}/unbind`, chardev)
    }),
    destroy: await timed(async () => {
      resize(0)
      store(`${directory}/delete`, chardev)
    }),
  }
}

function store(path: string, value: string): void {
  const file = openSync(path, 'w')
  try {
    writeSync(file, value)
  } finally {
    closeSync(file)
  }
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now()
  await work()
  return performance.now() - began
}

function median(times: readonly number[]): number {
  const sorted = [...times].sort((left, right) => left - right)
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN
}

/** The medians of the steps and of their sums, and the least sum. */
function summary(name: string, cycles: readonly Readonly<Record<string, number>>[]): number {
  const steps = Object.keys(cycles[0] ?? {})
  const totals = cycles.map((cycle) => steps.reduce((sum, step) => sum + (cycle[step] ?? 0), 0))
  const parts = steps.map((step) => {
    return `${step} ${median(cycles.map((cycle) => cycle[step] ?? 0)).toFixed(1)}`
  })
  const least = Math.min(...totals).toFixed(1)
  console.log(`${name}: ${median(totals).toFixed(1)} ms (${parts.join(', ')}), least ${least}`)
  return median(totals)
}

const log = { debug() {}, info() {}, warn: console.error, error: console.error }
const backend = await createKernelBackend({ observer: createProcessObserver(), log })
const { items } = await ask('GET', '/v1/regions')
const regions = items as {
  id: number
  kind: string
  path: string
  start: number
  available_size: number
}[]
const ground = regions.find(({ kind, available_size }) => {
  return kind === 'dynamic' && available_size >= SIZE
})
if (ground === undefined) throw new Error('no dynamic region has room for the device')
const ways: Readonly<Record<string, Cycle>> = {
  'daxd over HTTP': () => byDaxd(ground.id),
  'its backend': () => byBackend(ground.id, ground.start),
  daxctl: () => byDaxctl(ground.id),
  'sysfs alone': () => bySysfs(`/sys/devices${ground.path}`),
}
const cycles = new Map<string, Record<string, number>[]>()
for (let round = -WARM_UPS; round < Number(rounds); round += 1) {
  for (const [name, cycle] of Object.entries(ways)) {
    const times = await cycle()
    if (round >= 0) cycles.set(name, [...(cycles.get(name) ?? []), times])
  }
}
console.log(`create + enable + disable + destroy of 64 MiB, medians of ${rounds} rounds in turns`)
const medians = [...cycles].map(([name, times]) => summary(name, times))
const [http = Number.NaN, bare = Number.NaN, daxctl = Number.NaN, sysfs = Number.NaN] = medians
// The benchmark's report reads this line.
const told = { http, backend: bare, daxctl }
const parts = Object.entries(told).map(([name, ms]) => `${name} ${ms.toFixed(1)} ms`)
console.log(`medians: ${parts.join(', ')}`)
console.log(`ratio to daxctl: daxd over HTTP ${(http / daxctl).toFixed(2)}`)
console.log(`ratio to daxctl: its backend ${(bare / daxctl).toFixed(2)}`)
console.log(`ratio to daxctl: sysfs alone ${(sysfs / daxctl).toFixed(2)}`)
agent.destroy()
