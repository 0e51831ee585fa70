/**
 * docs/systemd.md: what it has an operator type. There is no systemd as the first process here:
 * what only it could do is held to the units, the rest is typed in a directory of this run.
 */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { elsewhere } from '../docs/elsewhere.ts'
import { startTestDaemon } from '../support/start-test-daemon.ts'
import { runProgram } from './run-program.ts'
import { commandOf, readUnit, valuesIn } from './systemd-unit.ts'

const ROOT = resolve(import.meta.dirname, '../..')
const UNITS = join(ROOT, 'deploy/systemd')

test('the commands of the page leave a unit, its modules, and memory for a program', async () => {
  const page = elsewhere('docs/systemd.md', import.meta.filename)
  const root = mkdtempSync(join(tmpdir(), 'daxd-systemd-page-'))
  onTestFinished(() => rmSync(root, { recursive: true, force: true }))
  for (const path of ['etc/modules-load.d', 'etc/systemd/system', 'run']) {
    mkdirSync(join(root, path), { recursive: true })
  }
  const type = async (command: string) => {
    const placed = page.take(command).replaceAll(' /etc/', ` ${root}/etc/`)
    const ended = await runProgram(['bash', '--norc', '-c', `cd '${ROOT}' && ${placed}`])
    expect([command, ended]).toEqual([command, { status: 0, stdout: '', stderr: '' }])
  }
  const read = (path: string): string => readFileSync(join(root, path), 'utf8')

  // Installing packages and telling systemd are not for a test: names are compared.
  page.take('cd /opt/daxd && npm ci --omit=dev')
  page.take('apt-get install curl jq ndctl pmdk-tools')
  await type("printf 'device_dax\\ndax_hmem\\n' > /etc/modules-load.d/daxd.conf")
  expect(read('etc/modules-load.d/daxd.conf')).toBe('device_dax\ndax_hmem\n')
  await type('cp deploy/systemd/daxd.service /etc/systemd/system/')
  const unit = readUnit(join(root, 'etc/systemd/system/daxd.service'))
  expect(valuesIn(unit, 'ExecStart')[0]).toContain(' /opt/daxd/src/main.ts serve ')
  page.take('systemctl daemon-reload && systemctl enable --now daxd')
  expect(valuesIn(unit, 'WantedBy')).toEqual(['multi-user.target'])

  await type('mkdir -p /etc/daxd/consumers')
  await type("echo 'DAX_SIZE=4GiB' > /etc/daxd/consumers/db.env")
  page.take('systemctl start dax-consumer@db')
  const template = readUnit(join(UNITS, 'dax-consumer@.service'))
  const names = { name: 'dax-consumer@db.service', instance: 'db' }
  const files = valuesIn(template, 'EnvironmentFile').map((file) => file.replace('%i', 'db'))
  expect(files.map((file) => file.replace(/^-/, ''))).toContain('/etc/daxd/consumers/db.env')
  const variables = Object.fromEntries([read('etc/daxd/consumers/db.env').trim().split('=')])
  const daemon = await startTestDaemon()
  const [take = ''] = valuesIn(template, 'ExecStartPre')
  const words = commandOf(take, names, variables).map((word) =>
    word.replaceAll('/opt/daxd', ROOT).replaceAll('/run/', `${root}/run/`),
  )
  mkdirSync(join(root, 'run/dax-consumer-db'))
  expect(await runProgram(words, { DAXD: daemon.url })).toMatchObject({ status: 0, stderr: '' })
  expect(await daemon.get('/v1/claims/systemd-db')).toMatchObject({ length: 4 * 2 ** 30 })
  expect(existsSync(join(root, 'run/dax-consumer-db/memory.env'))).toBe(true)
  expect(page.left()).toEqual([])
})
