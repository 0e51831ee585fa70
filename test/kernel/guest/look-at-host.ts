/**
 * Looks at the guest's host as daxd does, again and again for so many seconds, and prints how
 * often: `node look-at-host.ts SECONDS`.
 */
import { createKernelBackend } from '../../../src/backends/kernel/kernel-backend.ts'
import { createProcessObserver } from '../../../src/procfs/observer.ts'

const seconds = Number(process.argv[2])
const log = { debug() {}, info() {}, warn: console.error, error: console.error }
const backend = await createKernelBackend({ observer: createProcessObserver(), log })
const until = performance.now() + seconds * 1000
let looks = 0
while (performance.now() < until) {
  await backend.discover()
  looks += 1
}
console.log(looks)
