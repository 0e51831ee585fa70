/** The watch over the host's devices, on a directory that stands for sysfs. */
import { execFileSync } from 'node:child_process'
import {
  closeSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import { expect, onTestFinished, test } from 'vitest'
import { watchHost } from '../../../src/backends/kernel/watch-host.ts'

const INTERVAL_MS = 10
const NOTICED = { timeout: 10_000, interval: 5 }

function stage() {
  const sysRoot = mkdtempSync(join(tmpdir(), 'daxd-watch-'))
  const devices = join(sysRoot, 'bus', 'dax', 'devices')
  mkdirSync(devices, { recursive: true })
  let told = 0
  const stop = watchHost({
    sysRoot,
    intervalMs: INTERVAL_MS,
    log: pino({ level: 'silent' }),
    onChange: () => (told += 1),
  })
  onTestFinished(() => {
    stop()
    rmSync(sysRoot, { recursive: true, force: true })
  })
  const make = (name: string) => {
    mkdirSync(join(devices, name))
    writeFileSync(join(devices, name, 'size'), '4096\n')
  }
  return { devices, make, told: () => told }
}

test('a device that appears is told of at one of the next looks', async () => {
  const { make, told } = stage()
  make('dax0.0')
  await expect.poll(told, NOTICED).toBeGreaterThan(0)
})

test('a device whose size hangs in the kernel keeps nobody from hearing of the others', async () => {
  const { make, told, devices } = stage()
  mkdirSync(join(devices, 'dax0.0'))
  const size = join(devices, 'dax0.0', 'size')
  execFileSync('mkfifo', [size])
  // A pipe that nobody writes to is read as an attribute whose lock is not given back; so that the
  // reader waits in read(2), as it would, and not in open(2), somebody has it open.
  const holder = openSync(size, 'r+')
  onTestFinished(() => closeSync(holder))
  await expect.poll(told, NOTICED).toBeGreaterThan(1)
  const before = told()
  make('dax0.1')
  await expect.poll(told, NOTICED).toBeGreaterThan(before)
  writeSync(holder, '4096\n')
})

test('it is told now and then though nothing is new: what came and went left no trace', async () => {
  const { told } = stage()
  await expect.poll(told, NOTICED).toBeGreaterThan(1)
})
