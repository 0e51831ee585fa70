/** docs/kernel.md: what it has an operator type, typed in the guest. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { elsewhere } from '../docs/elsewhere.ts'
import { connectGuest } from './rig/guest.ts'
import { type DaxdHost, openDaxdHost } from './support/daxd-host.ts'
import { ownGuest } from './support/own-guest.ts'

const guest = connectGuest(ownGuest())
let daxd: DaxdHost
beforeAll(async () => {
  daxd = await openDaxdHost(guest)
})
afterAll(async () => {
  await daxd.end()
  guest.close()
})

test('the modules of the page load, and daxd finds the regions that they bring', async () => {
  const page = elsewhere('docs/kernel.md', import.meta.filename)
  await guest.sh(page.take('modprobe -a device_dax dax_hmem'))
  await guest.sh(page.take('modprobe -a nd_pmem dax_pmem'))
  // The rig says the same flags, and where to listen.
  page.take('daxd serve --backend kernel')
  expect(page.left()).toEqual([])
  const api = await daxd.fresh()
  const { items } = await api.get('/v1/regions')
  api.close()
  const providers = items.map(({ provider }: { provider: string }) => provider)
  expect(providers.sort()).toEqual(['hmem', 'pmem'])
})
