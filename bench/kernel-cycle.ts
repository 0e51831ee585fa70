/**
 * Create, enable, disable and destroy a 64 MiB device, by daxd's HTTP and by daxctl, in turns in
 * one run, as root on a host whose dynamic region has room. Prints the medians and their ratio.
 *
 *     node bench/kernel-cycle.ts http://127.0.0.1:7329 [rounds]
 */
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

const SIZE = 64 * 2 ** 20
const ROUNDS_DEFAULT = 15
const WARM_UPS = 3

const [url = 'http://127.0.0.1:7329', rounds = String(ROUNDS_DEFAULT)] = process.argv.slice(2)
const execute = promisify(execFile)

/** @throws Error with the problem document of any answer but a success. */
async function ask(method: string, path: string, body?: object): Promise<Record<string, unknown>> {
  const answer = await fetch(`${url}${path}`, {
    method,
    headers: { prefer: 'wait=30', ...(body && { 'content-type': 'application/json' }) },
    ...(body && { body: JSON.stringify(body) }),
  })
  const text = await answer.text()
  const isDone = answer.ok && answer.status !== 202
  if (!isDone) throw new Error(`${method} ${path}: ${answer.status} ${text}`)
  return text === '' ? {} : JSON.parse(text)
}

async function byDaxd(region: number): Promise<void> {
  const request = { name: 'bench', region, size: SIZE, enabled: false }
  const { chardev } = await ask('POST', '/v1/namespaces', request)
  await ask('POST', `/v1/devices/${chardev}/enable`)
  await ask('POST', `/v1/devices/${chardev}/disable`)
  await ask('DELETE', '/v1/namespaces/bench')
}

/** `create-device` enables what it makes, so only the other three steps follow. */
async function byDaxctl(region: number): Promise<void> {
  const daxctl = async (...args: string[]) => (await execute('daxctl', args)).stdout
  const made = JSON.parse(await daxctl('create-device', '-r', String(region), '-s', String(SIZE)))
  const { chardev } = made[0]
  await daxctl('disable-device', chardev)
  await daxctl('destroy-device', chardev)
}

async function timed(work: () => Promise<void>): Promise<number> {
  const began = performance.now()
  await work()
  return performance.now() - began
}

function median(times: readonly number[]): number {
  const sorted = [...times].sort((left, right) => left - right)
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN
}

const { items } = await ask('GET', '/v1/regions')
const ground = (items as { id: number; kind: string; available_size: number }[]).find(
  ({ kind, available_size }) => kind === 'dynamic' && available_size >= SIZE,
)
if (ground === undefined) throw new Error('no dynamic region has room for the device')
const times: Record<'daxd' | 'daxctl', number[]> = { daxd: [], daxctl: [] }
for (let round = -WARM_UPS; round < Number(rounds); round += 1) {
  const daxd = await timed(() => byDaxd(ground.id))
  const daxctl = await timed(() => byDaxctl(ground.id))
  if (round < 0) continue
  times.daxd.push(daxd)
  times.daxctl.push(daxctl)
}
const [daxd, daxctl] = [median(times.daxd), median(times.daxctl)]
console.log(`create + enable + disable + destroy of 64 MiB, median of ${rounds} rounds in turns:`)
console.log(`daxd ${daxd.toFixed(1)} ms, daxctl ${daxctl.toFixed(1)} ms`)
console.log(`ratio daxd / daxctl: ${(daxd / daxctl).toFixed(2)}`)
