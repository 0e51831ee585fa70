/** A daemon that is killed while claims come and go: what containers find is what is claimed. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { MIB } from '../contract/stage.ts'
import { startDaemon, stateDirectory } from '../crash/support/daemon.ts'
import { type Api, createApi } from '../support/api.ts'

const KILLS = 5
const NAMES = ['a', 'b', 'c', 'd']
/** From at once to when some have been made and released. */
const DELAY_MAX_MS = 400
const SEED = Number(process.env['DAXD_TEST_SEED'])

interface Seen {
  readonly name: string
  readonly state: string
  readonly cdi_device: string | null
  readonly path: string | null
  readonly offset: number
}

/** What a runtime would hand out under each name, and what the container would be told. */
function found(cdi: string) {
  if (!existsSync(cdi)) return []
  return readdirSync(cdi).map((file) => {
    const { kind, devices } = JSON.parse(readFileSync(join(cdi, file), 'utf8'))
    const { name, containerEdits } = devices[0]
    const { env, mounts } = containerEdits
    const told = Object.fromEntries(env.map((line: string) => line.split('=')))
    return {
      cdi_device: `${kind}=${name}`,
      name: told['DAXD_CLAIM'],
      path: mounts[0].hostPath,
      offset: Number(told['DAXD_OFFSET']),
    }
  })
}

/** Makes and releases one claim after the other until the daemon is gone. */
async function churn(api: Api, names: ReadonlySet<string>, name: string): Promise<void> {
  const sharing = name < 'c' ? 'dedicated' : 'slice'
  const body = { size: 2 * MIB, sharing, holder: 'me' }
  try {
    for (;;) {
      const { status, body: made } = await api.ask('put', `/v1/claims/${name}`, { body })
      if (status === 201 && names.has(made.cdi_device)) throw new Error('a name was given twice')
      if (status === 201) (names as Set<string>).add(made.cdi_device)
      await api.ask('delete', `/v1/claims/${name}`)
    }
  } catch (error) {
    if (!('code' in (error as object))) throw error
  }
}

test(`after each of ${KILLS} kills containers find exactly what is claimed (seed ${SEED})`, async () => {
  const directory = stateDirectory()
  const cdi = join(directory, 'cdi')
  const names = new Set<string>()
  let random = SEED
  for (let kills = 0; ; kills += 1) {
    const daemon = await startDaemon(directory, ['--cdi-dir', cdi])
    const api = createApi(daemon.url)
    const pool = { name: 'pool', size: 16 * MIB, pool: true }
    await api.ask('post', '/v1/namespaces', { body: pool })
    const { items } = await api.get('/v1/claims')
    const offered = items
      .filter(({ state }: Seen) => state === 'active')
      .map(({ cdi_device, name, path, offset }: Seen) => ({ cdi_device, name, path, offset }))
    const byName = (left: { name: string }, right: { name: string }) =>
      left.name < right.name ? -1 : 1
    expect(found(cdi).sort(byName)).toEqual(offered.sort(byName))
    expect(
      items.map(({ state }: Seen) => state).filter((state: string) => state !== 'active'),
    ).toEqual([])
    if (kills === KILLS) break
    random = (random * 48_271 + 11) % 2_147_483_647
    const churning = Promise.all(NAMES.map((name) => churn(api, names, name)))
    await sleep(random % DELAY_MAX_MS)
    await daemon.end('SIGKILL')
    await churning
    api.close()
  }
  expect(names.size).toBeGreaterThan(0)
})
