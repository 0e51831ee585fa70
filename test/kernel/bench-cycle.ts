/**
 * Boots a guest, runs bench/kernel-cycle.ts in it beside a daxd on the real devices, and keeps what
 * it prints where `npm run bench` looks for it:
 *
 *     npm run bench:kernel [-- ROUNDS]
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { connectGuest } from './rig/guest.ts'
import { guestOptions, startGuests } from './rig/start-guest.ts'

const ROUNDS_DEFAULT = '8'
const CYCLES_TIMEOUT_MS = 580_000
const RESULT = '.bench/kernel-cycle.txt'

const [rounds = ROUNDS_DEFAULT] = process.argv.slice(2)
const [running] = await startGuests(guestOptions(process.env), 1)
if (running === undefined) throw new Error('no guest was started')
const guest = connectGuest(running.address)
try {
  const state = ['--state-dir', '/state/bench', '--release-default-devices']
  await guest.startDaxd(['--backend', 'kernel', ...state])
  const cycles = `cd /app && node bench/kernel-cycle.ts http://127.0.0.1:8080 ${rounds}`
  const printed = await guest.sh(cycles, CYCLES_TIMEOUT_MS)
  mkdirSync('.bench', { recursive: true })
  writeFileSync(RESULT, printed)
  console.log(`${printed}\nLinux ${running.release} under TCG; kept in ${RESULT}`)
} finally {
  guest.close()
  await running.stop()
}
