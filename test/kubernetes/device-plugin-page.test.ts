/** docs/device-plugin.md: its command, against a daemon, and a kubelet that is not there yet. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { elsewhere } from '../docs/elsewhere.ts'
import { startTestDaemon } from '../support/start-test-daemon.ts'

const ROOT = resolve(import.meta.dirname, '../..')
const COMMAND =
  'daxd device-plugin --node-name "$NODE_NAME" --daxd unix:/run/daxd/daxd.sock ' +
  '--resource daxd.io/dax-1g=1GiB:4 --resource daxd.io/dax-16g=16GiB:1'

test('the device plugin starts as the page says and offers what that names', async () => {
  const page = elsewhere('docs/device-plugin.md', import.meta.filename)
  page.take(COMMAND)
  expect(page.left()).toEqual([])
  const daemon = await startTestDaemon()
  const kubelet = mkdtempSync(join(tmpdir(), 'daxd-kubelet-'))
  mkdirSync(join(kubelet, 'device-plugins'))
  const here = COMMAND.replace('unix:/run/daxd/daxd.sock', daemon.url)
  const script = `daxd() { exec node src/main.ts "$@"; }\n${here} --kubelet-dir '${kubelet}'`
  const env = { ...process.env, NODE_NAME: 'node-a' }
  const child = spawn('bash', ['--norc', '-c', script], { cwd: ROOT, env })
  onTestFinished(() => {
    child.kill('SIGKILL')
    rmSync(kubelet, { recursive: true, force: true })
  })
  const closed = once(child, 'close')
  for await (const chunk of child.stdout) {
    const waiting = String(chunk)
      .split('\n')
      .find((line) => line.includes('waiting for the kubelet'))
    if (waiting === undefined) continue
    expect(JSON.parse(waiting)).toMatchObject({
      resources: ['daxd.io/dax-1g=1GiB:4', 'daxd.io/dax-16g=16GiB:1'],
      node: 'node-a',
    })
    break
  }
  child.kill('SIGTERM')
  expect(await closed).toEqual([0, null])
})
