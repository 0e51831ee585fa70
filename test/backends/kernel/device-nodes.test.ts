import { chmod, lstat, mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { createDeviceNodes } from '../../../src/backends/kernel/device-nodes.ts'
import { watchHost } from '../../../src/backends/kernel/watch-host.ts'
import { createBoundedWrite, writeSysfs } from '../../../src/backends/kernel/write-sysfs.ts'
import { newDirectory, newHost, plan, refusal } from './fixture.ts'

const OWNER = { chardev: 'dax0.1', major: 253, minor: 2 }

async function newNodes(kind: 'done' | 'missing' = 'done') {
  const devRoot = await newDirectory()
  const commands: string[] = []
  const nodes = createDeviceNodes({
    devRoot,
    appearMs: 20,
    toolMs: 100,
    run: async (command, args) => {
      commands.push([command, ...args].join(' '))
      if (kind === 'missing') return { kind }
      await writeFile(args[2] ?? '', '')
      return { kind, stdout: '' }
    },
  })
  return { devRoot, nodes, commands, path: join(devRoot, OWNER.chardev) }
}

describe('a device node', () => {
  test('that is hidden is found by its name no more, in a directory for root alone', async () => {
    const { devRoot, nodes, path } = await newNodes()
    await writeFile(path, '')
    await nodes.hide(OWNER)
    await nodes.hide(OWNER)
    expect(await readdir(devRoot)).toEqual(['.daxd'])
    expect((await lstat(join(devRoot, '.daxd'))).mode & 0o777).toBe(0o700)
    expect(await nodes.hidden()).toEqual(['dax0.1'])
    expect(await nodes.pathOf(OWNER)).toBe(join(devRoot, '.daxd/dax0.1'))
  })

  test('that devtmpfs makes anew takes the place of the hidden one of an earlier device', async () => {
    const { devRoot, nodes, path, commands } = await newNodes()
    await writeFile(path, 'old')
    await nodes.hide(OWNER)
    await writeFile(path, 'new')
    await chmod(path, 0o640)
    await nodes.show(OWNER)
    expect(await readdir(join(devRoot, '.daxd'))).toEqual([])
    expect((await lstat(path)).mode & 0o777).toBe(0o640)
    expect(commands).toEqual([])
  })

  test('that is nowhere is made by mknod, with its own number and for root alone', async () => {
    const { nodes, path, commands } = await newNodes()
    await nodes.show(OWNER)
    expect(commands).toEqual([`mknod -m 600 ${path} c 253 2`])
  })

  test('that cannot be made is backend_failed', async () => {
    const { nodes } = await newNodes('missing')
    expect(await refusal(nodes.show(OWNER))).toBe('backend_failed')
    expect(await refusal(nodes.pathOf(OWNER))).toBe('backend_failed')
  })

  test('is waited for until devtmpfs shows it', async () => {
    const { nodes, path, commands, devRoot } = await newNodes()
    const elsewhere = join(devRoot, 'elsewhere')
    await writeFile(elsewhere, '')
    const shown = nodes.show(OWNER)
    await rename(elsewhere, path)
    await shown
    expect(commands).toEqual([])
  })

  test('that is opened for a try gives the errno of the failure and null for a success', async () => {
    const { nodes, path } = await newNodes()
    expect(await nodes.tryOpen(OWNER)).toBe('ENOENT')
    await writeFile(path, '')
    expect(await nodes.tryOpen(OWNER)).toBeNull()
  })

  test('that stands in for a hidden one goes when that one comes back or is hidden again', async () => {
    const { devRoot, nodes, path, commands } = await newNodes()
    await writeFile(path, 'old')
    await chmod(path, 0o640)
    await nodes.hide(OWNER)
    await nodes.standIn(OWNER)
    await nodes.standIn(OWNER)
    expect(commands).toEqual([`mknod -m 600 ${path} c 253 2`])
    expect(await readdir(devRoot)).toEqual(['.daxd', 'dax0.1'])
    await nodes.hide(OWNER)
    expect(await readdir(devRoot)).toEqual(['.daxd'])
    expect(await readFile(join(devRoot, '.daxd/dax0.1'), 'utf8')).toBe('old')
    await nodes.standIn(OWNER)
    await nodes.forget('dax0.1')
    expect(await readdir(devRoot)).toEqual(['.daxd'])
    expect(await readdir(join(devRoot, '.daxd'))).toEqual([])
  })

  test('of a removed device is forgotten with its mark', async () => {
    const { nodes, path } = await newNodes()
    await writeFile(path, '')
    await nodes.hide(OWNER)
    await nodes.markSystemRam('dax0.1', true)
    expect(await nodes.isForSystemRam('dax0.1')).toBe(true)
    expect(await nodes.hidden()).toEqual(['dax0.1'])
    await nodes.forget('dax0.1')
    expect(await nodes.isForSystemRam('dax0.1')).toBe(false)
    expect(await nodes.hidden()).toEqual([])
  })
})

describe('a write to an attribute', () => {
  test('keeps the errno of the failure and makes no file', async () => {
    const directory = await newDirectory()
    await expect(writeSysfs(join(directory, 'size'), '1')).rejects.toMatchObject({ code: 'ENOENT' })
    expect(await readdir(directory)).toEqual([])
  })

  test('that hangs is answered; of more than 16, later ones are not even begun', async () => {
    const begun: string[] = []
    const write = createBoundedWrite((path) => {
      begun.push(path)
      return new Promise(() => undefined)
    }, 20)
    const paths = Array.from({ length: 17 }, (_, at) => `region ${at}`)
    for (const path of ['region 0', ...paths]) {
      expect(await refusal(write(path, '1'))).toBe('backend_timeout')
    }
    expect(begun).toEqual(paths.slice(0, 16))
  })

  test('is taken again once the one that hung has returned', async () => {
    const { promise, resolve } = Promise.withResolvers<void>()
    const answers = [promise, Promise.resolve()]
    const write = createBoundedWrite(() => answers.shift() ?? Promise.resolve(), 20)
    expect(await refusal(write('a', '1'))).toBe('backend_timeout')
    resolve()
    await promise
    expect(await refusal(write('a', '1'))).toBe('no refusal')
  })
})

describe('watching the host', () => {
  test('tells of a device that appears and of one that changes its driver, and not after its end', async () => {
    const { backend, kernel } = await newHost()
    const { sysRoot } = kernel
    let changes = 0
    let told = Promise.withResolvers<void>()
    const onChange = () => {
      changes += 1
      told.resolve()
    }
    const log = { debug() {}, info() {}, warn() {}, error() {} }
    const stop = watchHost({ sysRoot, onChange, log, intervalMs: 5 })
    await backend.create(plan([[0, 64]]))
    await told.promise
    told = Promise.withResolvers<void>()
    await backend.enable('dax0.0')
    await told.promise
    stop()
    const after = changes
    await mkdir(join(sysRoot, 'bus/dax/devices/dax0.9'), { recursive: true })
    await new Promise((resolve) => setTimeout(resolve, 30))
    expect(changes).toBe(after)
  })
})
