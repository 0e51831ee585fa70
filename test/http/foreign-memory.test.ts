import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { refusal } from '../support/api.ts'
import { startTestDaemon } from '../support/start-test-daemon.ts'

test('memory that somebody took behind daxd for something else is not given out', async () => {
  const daemon = await startTestDaemon()
  const path = join(daemon.directory, 'host', 'region1.json')
  const region = JSON.parse(readFileSync(path, 'utf8'))
  const half = region.size / 2
  writeFileSync(
    path,
    JSON.stringify({ ...region, reserved: [{ start: region.start, size: half }] }),
  )
  await daemon.get('/v1/reconciliation')
  expect(await daemon.get('/v1/regions/1')).toMatchObject({
    available_size: half,
    max_available_extent: half,
  })
  const body = { name: 'all', region: 1, size: region.size }
  const answer = await daemon.ask('post', '/v1/namespaces', { body })
  expect(refusal(answer)).toEqual({ status: 507, code: 'no_space', errno: 'ENOSPC' })
})
