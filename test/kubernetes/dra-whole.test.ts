/** A namespace that is handed out whole, while its device becomes another. */
import { expect, onTestFinished, test } from 'vitest'
import { createApiClient } from '../../src/kubernetes/api-client.ts'
import type { DaxdClient } from '../../src/kubernetes/daxd-client.ts'
import { namespaceDeviceName } from '../../src/kubernetes/device-names.ts'
import { prepareClaim } from '../../src/kubernetes/prepare-claim.ts'
import { DRIVER, MIB, NODE, startDraStage } from './start-dra-stage.ts'

test('a namespace is never taken for as large as the device that has its name next', async () => {
  const stage = await startDraStage()
  const { daxd } = stage
  const put = (name: string, size: number) =>
    daxd.call({
      method: 'POST',
      path: '/v1/namespaces',
      body: { name, region: 0, size, pool: true },
    })
  // The empty device of a region keeps its name, which is therefore that of the next one.
  await put('large', 32 * MIB)
  const swapped: DaxdClient = {
    ...daxd,
    async get(path) {
      if (path.startsWith('/v1/devices/')) {
        await daxd.call({ method: 'DELETE', path: '/v1/namespaces/large' })
        await put('small', 8 * MIB)
      }
      return await daxd.get(path)
    },
  }
  const kube = createApiClient({ server: new URL(stage.apiserver.url) })
  onTestFinished(() => kube.close())
  const owner = { driverName: DRIVER, nodeName: NODE }
  const device = namespaceDeviceName('large')
  const triple = stage.claim('one', { results: [{ device }] })
  const answer = await prepareClaim({ daxd: swapped, kube, owner, share: 'kubernetes' }, triple)
  expect(answer).toEqual({ devices: [], error: expect.stringContaining('another device') })
})
