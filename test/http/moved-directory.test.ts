/** A state directory that stands elsewhere than at the last start: restored, or mounted anew. */
import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import { expect, onTestFinished, test } from 'vitest'
import { readConfig } from '../../src/config.ts'
import { startDaemon } from '../../src/serve.ts'
import { createApi } from '../support/api.ts'
import { mmapRead, mmapWrite } from '../support/mmap-child.ts'
import { startTestDaemon } from '../support/start-test-daemon.ts'

test('a daemon on a moved state directory names its own files, not those of the old place', async () => {
  const daemon = await startTestDaemon()
  const { chardev } = await daemon.make('/v1/namespaces', { name: 'n', region: 0, size: '2m' })
  const { id: handle } = await daemon.make(`/v1/devices/${chardev}/handles`, { holder: 'x' })
  const request = { size: '2m', sharing: 'dedicated', holder: 'x' }
  const { body: claim } = await daemon.ask('put', '/v1/claims/c', { body: request })
  mmapWrite(claim.path, 'data')
  await daemon.close()
  const moved = mkdtempSync(join(tmpdir(), 'daxd-moved-'))
  cpSync(daemon.directory, moved, { recursive: true })
  const config = readConfig({ 'state-dir': moved, listen: '127.0.0.1:0' }, {})
  const next = await startDaemon(config, pino({ level: 'silent' }), '0.0.0-test')
  const api = createApi(await next.app.listen({ host: '127.0.0.1', port: 0 }))
  onTestFinished(async () => {
    api.close()
    await next.close()
    rmSync(moved, { recursive: true, force: true })
  })
  const path = join(moved, 'dev', chardev)
  expect(await api.get(`/v1/devices/${chardev}`)).toMatchObject({ path })
  const mapping = await api.make('/v1/mappings', { handle, length: '2m' })
  expect(mapping.mmap).toMatchObject({ path })
  const kept = await api.get('/v1/claims/c')
  expect(kept.path).toBe(join(moved, 'dev', kept.chardev))
  expect(kept.mmap.path).toBe(kept.path)
  expect(mmapRead(kept.path, 4)).toBe('data')
})
