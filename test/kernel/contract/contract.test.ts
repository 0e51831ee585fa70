/** The contract suite on a real kernel: what changes the host, and who uses it. */
import { describe, expect, test } from 'vitest'
import { claimsContract } from '../../contract/claims.ts'
import { devicesContract } from '../../contract/devices.ts'
import { namespaceChangesContract } from '../../contract/namespace-changes.ts'
import { namespacesContract } from '../../contract/namespaces.ts'
import { processesContract } from '../../contract/processes.ts'
import { regionsContract } from '../../contract/regions.ts'
import { restartsContract } from '../../contract/restarts.ts'
import { everything, GIB, MIB } from '../../contract/stage.ts'
import { refusal } from '../../support/api.ts'
import { useKernelStage } from '../support/use-kernel-stage.ts'

const stage = useKernelStage()

namespacesContract(stage)
namespaceChangesContract(stage)
claimsContract(stage)
devicesContract(stage)
processesContract(stage)
regionsContract(stage)
restartsContract(stage)

describe('kernel: defining regions', () => {
  const unsupported = { status: 501, errno: 'EOPNOTSUPP', code: 'unsupported' }

  test('is EOPNOTSUPP: regions are the hardware’s, so none is made or dropped', async () => {
    const api = await stage.start()
    const before = await everything(api)
    const { items } = await api.get('/v1/regions')
    const body = { size: GIB, align: 2 * MIB }
    const answers = [
      await api.ask('post', '/v1/regions', { body }),
      await api.ask('post', '/v1/regions?dry_run=true', { body }),
      ...(await Promise.all(
        items.map(({ id }: { id: number }) => api.ask('delete', `/v1/regions/${id}`)),
      )),
    ]
    expect(answers.map(refusal)).toEqual(answers.map(() => unsupported))
    expect(await everything(api)).toEqual(before)
  })
})
