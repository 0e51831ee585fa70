import { afterAll, expect, test } from 'vitest'
import { createApi } from '../support/api.ts'
import { reportText, runDifferential } from './differential/run-differential.ts'
import { guestTopology, stageSubjects } from './differential/stage-subjects.ts'
import { connectGuest } from './rig/guest.ts'
import { sysfsDax } from './rig/sysfs-dax.ts'
import { ownGuest } from './support/own-guest.ts'

const COUNT = Number(process.env['DAXD_DIFFERENTIAL_COUNT'] ?? 2500)
const SEED = Number(process.env['DAXD_DIFFERENTIAL_SEED'] ?? Date.now() % 2 ** 31)
const TOPOLOGY = '/state/rig/topology.json'

const guest = connectGuest(ownGuest())
const dax = sysfsDax(guest)
const backends = (process.env['DAXD_DIFFERENTIAL_BACKENDS'] ?? 'kernel,emulated').split(',')

afterAll(() => guest.close())

/**
 * Every open of a disabled device makes the kernel start modprobe for its number, which takes
 * longer than all the rest of a request; an empty path spares that.
 */
const MODPROBE = '/proc/sys/kernel/modprobe'

/** A daxd of its own on an empty host: on files of the guest's geometry, or on the guest itself. */
async function startFresh(backend: string): Promise<void> {
  await guest.stopDaxd()
  await dax.emptyHmem()
  await dax.emptyPmem()
  const state = `/state/differential-${backend}`
  await guest.sh(`rm -rf ${state}`)
  const args = ['--backend', backend, '--state-dir', state, '--log-level', 'warn']
  if (backend === 'emulated') {
    const nvdimm = '/sys/bus/nd/devices/region*'
    const [start, size] = (await guest.sh(`cat ${nvdimm}/resource ${nvdimm}/size`)).split('\n')
    const topology = guestTopology({ start: Number(start), size: Number(size) })
    await guest.sh(`mkdir -p /state/rig; echo '${JSON.stringify(topology)}' > ${TOPOLOGY}`)
    args.push('--topology', TOPOLOGY)
  }
  await guest.startDaxd(args)
}

test.each(backends)(
  'what daxd (%s) grants the kernel serves, what it refuses breaks a rule of the kernel or of api.md',
  async (backend) => {
    if (backend !== 'emulated' && backend !== 'kernel') throw new Error(`no backend ${backend}`)
    await startFresh(backend)
    const api = createApi(guest.url)
    try {
      const subjects = await stageSubjects({ api, guest, backend })
      await guest.sh(`echo > ${MODPROBE}`)
      const report = await runDifferential({ api, guest, subjects, seed: SEED, count: COUNT })
      console.log(`${backend}: ${reportText(report)}`)
      expect(report.disagreements, `seed ${SEED}`).toEqual([])
      const answered = Object.values(report.classes).reduce((sum, n) => sum + n, 0)
      expect(answered, `seed ${SEED}`).toBe(COUNT)
      expect(report.classes['grant'], `seed ${SEED}`).toBeGreaterThan(COUNT / 20)
    } finally {
      api.close()
      await guest.sh(`echo /sbin/modprobe > ${MODPROBE}`)
      await guest.stopDaxd()
    }
  },
)
