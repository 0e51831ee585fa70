import { readdir, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { createHostFiles } from '../../../src/backends/emulated/host-files.ts'
import type { Backend } from '../../../src/ports/backend.ts'
import {
  codeOf,
  dataPath,
  newDirectory,
  newHost,
  openHost,
  plan,
  SIZE,
  seen,
  shape,
  textAt,
} from './fixture.ts'
import { type Holder, holdFile } from './holder.ts'

async function enabledDevice(options: Parameters<typeof newHost>[0] = {}) {
  const { directory, backend } = await newHost(options)
  await backend.create(plan('dax0.1', 0, 2))
  const { path } = await backend.enable('dax0.1')
  return { directory, backend, path }
}

/** What a look tells of one name, without what depends on where the tests run. */
async function usersOf(backend: Backend, chardev: string) {
  const { users } = await backend.observe([chardev])
  return (users.get(chardev) ?? [])
    .map(({ pid, comm, fds, mapped, stale }) => ({ pid, comm, fds, mapped, stale }))
    .sort((left, right) => left.pid - right.pid)
}

function asUser(holder: Holder, mapped: object[], stale: boolean) {
  return {
    pid: holder.pid,
    comm: 'python3',
    fds: expect.arrayContaining([holder.fd]),
    mapped,
    stale,
  }
}

const ALL = { offset: 0, length: 2 * SIZE }

describe('observe', () => {
  test('tells who has a device open and which part is mapped; others have an empty list', async () => {
    const { backend, path } = await enabledDevice()
    const mapper = await holdFile(path, { offset: SIZE, length: 4096 })
    const opener = await holdFile(path)
    const { users } = await backend.observe(['dax0.1', 'dax0.0', 'dax7.7'])
    expect([...users.keys()]).toEqual(['dax0.1', 'dax0.0', 'dax7.7'])
    expect([users.get('dax0.0'), users.get('dax7.7')]).toEqual([[], []])
    const expected = [
      asUser(mapper, [{ offset: SIZE, length: 4096 }], false),
      asUser(opener, [], false),
    ].sort((left, right) => left.pid - right.pid)
    expect(await usersOf(backend, 'dax0.1')).toEqual(expected)
    await mapper.end()
    expect(await usersOf(backend, 'dax0.1')).toEqual([asUser(opener, [], false)])
  })

  test('sees those that keep a fenced device open, and they keep using it', async () => {
    const { backend, path } = await enabledDevice()
    const holder = await holdFile(path, ALL)
    await backend.fence('dax0.1')
    await expect(stat(path)).rejects.toMatchObject({ code: 'ENOENT' })
    expect(await usersOf(backend, 'dax0.1')).toEqual([asUser(holder, [ALL], false)])
    expect(await holder.ask('write 0 alive')).toBe('written')
    await backend.unfence('dax0.1')
    expect(await textAt(path, 0, 5)).toBe('alive')
  })
})

describe('disable', () => {
  test('kills the next touch of a mapping by SIGBUS; the data survive into the next life', async () => {
    const { directory, backend, path } = await enabledDevice()
    const holder = await holdFile(path, ALL)
    await holder.ask('write 100 hello')
    await holder.ask(`write ${SIZE} world`)
    expect((await backend.disable('dax0.1')).enabled).toBe(false)
    expect(await holder.ask('size')).toBe('0')
    expect(await holder.dieBy('read 100 5')).toBe('SIGBUS')
    await backend.enable('dax0.1')
    expect(await textAt(path, 100, 5)).toBe('hello')
    expect(await textAt(path, SIZE, 5)).toBe('world')
    const { size, blocks, mode } = await stat(path)
    // Of 4 MiB only two pages were written: the copy must be as sparse as its source.
    expect({ size, sparse: blocks * 512 < SIZE, mode: mode & 0o777 }).toEqual({
      size: 2 * SIZE,
      sparse: true,
      mode: 0o600,
    })
    expect(await readdir(join(directory, 'off'))).toEqual(['dax0.0'])
  })

  test('a holder of the ended life is told as stale beside one of the new life', async () => {
    const { directory, backend, path } = await enabledDevice()
    const before = await holdFile(path, ALL)
    await backend.disable('dax0.1')
    await backend.enable('dax0.1')
    const after = await holdFile(path, ALL)
    const expected = [asUser(before, [ALL], true), asUser(after, [ALL], false)]
    expect(await usersOf(backend, 'dax0.1')).toEqual(expected.sort((l, r) => l.pid - r.pid))
    expect(await readdir(join(directory, 'old'))).toEqual(['dax0.1.1'])
  })

  test('an ended inode goes with its last holder, at the next look or the next start', async () => {
    const { directory, backend, path } = await enabledDevice()
    const first = await holdFile(path)
    await backend.disable('dax0.1')
    await backend.enable('dax0.1')
    const second = await holdFile(path)
    await backend.disable('dax0.1')
    expect(await readdir(join(directory, 'old'))).toEqual(['dax0.1.1', 'dax0.1.2'])
    await first.end()
    expect(await usersOf(backend, 'dax0.1')).toEqual([asUser(second, [], true)])
    expect(await readdir(join(directory, 'old'))).toEqual(['dax0.1.2'])
    await openHost(directory)
    expect(await readdir(join(directory, 'old'))).toEqual(['dax0.1.2'])
    await second.end()
    await openHost(directory)
    expect(await readdir(join(directory, 'old'))).toEqual([])
  })

  test('without users the inode stays the same, since nothing has to be copied', async () => {
    // The real look is incomplete where a sandbox hides a process, so this one is made up.
    const observer = { find: async () => ({ found: new Map(), complete: true }) }
    const { directory, backend, path } = await enabledDevice({ observer })
    const { ino } = await stat(path)
    await backend.disable('dax0.1')
    expect((await stat(dataPath(directory, 'off', 'dax0.1'))).ino).toBe(ino)
  })

  test('a look that could not see every process counts as a user, since one may be missed', async () => {
    const observer = { find: async () => ({ found: new Map(), complete: false }) }
    const { directory, backend, path } = await enabledDevice({ observer })
    await writeFile(path, 'kept', { flag: 'r+' })
    const { ino } = await stat(path)
    await backend.disable('dax0.1')
    const off = dataPath(directory, 'off', 'dax0.1')
    expect((await stat(off)).ino).not.toBe(ino)
    expect(await textAt(off, 0, 4)).toBe('kept')
  })

  test('a copy that is too short is not taken for the data, and the device stays enabled', async () => {
    const cpPath = join(await newDirectory(), 'cp')
    const short = '#!/bin/sh\nwhile [ $# -gt 2 ]; do shift; done\nhead -c 10 "$1" > "$2"\n'
    await writeFile(cpPath, short, { mode: 0o755 })
    const { backend, path } = await enabledDevice({ cpPath })
    const holder = await holdFile(path, ALL)
    await expect(backend.disable('dax0.1')).rejects.toMatchObject({
      code: 'backend_failed',
      message: `The copy has 10 bytes, the device's data have ${2 * SIZE}.`,
    })
    expect(await usersOf(backend, 'dax0.1')).toEqual([asUser(holder, [ALL], false)])
  })

  test('a look between the end of a life and its commit sweeps nothing that may go back', async () => {
    const real = createHostFiles('cp')
    const { promise: reached, resolve: reach } = Promise.withResolvers<void>()
    const files = {
      ...real,
      writeText: (file: { path: string; text: string }) => {
        if (!file.path.endsWith('dax0.1.json') || !file.text.includes('"serial":2')) {
          return real.writeText(file)
        }
        reach()
        return new Promise<void>(() => {})
      },
    }
    const observer = { find: async () => ({ found: new Map(), complete: false }) }
    const { directory, backend, path } = await enabledDevice({ files, observer })
    await writeFile(path, 'kept', { flag: 'r+' })
    const never = backend.disable('dax0.1')
    await Promise.race([never, reached])
    await backend.observe(['dax0.1'])
    expect(await seen(await openHost(directory), 'dax0.1')).toMatchObject({ enabled: true })
    expect(await textAt(path, 0, 4)).toBe('kept')
  })

  test.each([
    ['fails', '/bin/false'],
    ['is missing', '/nonexistent/cp'],
    ['copies nothing', '/bin/true'],
  ])('where cp %s the device stays enabled, open and with its users', async (_why, cpPath) => {
    const { backend, path } = await enabledDevice({ cpPath })
    const holder = await holdFile(path, ALL)
    const before = await seen(backend, 'dax0.1')
    expect(await codeOf(backend.disable('dax0.1'))).toBe('backend_failed')
    expect(await seen(backend, 'dax0.1')).toEqual(before)
    expect(await holder.ask('write 0 alive')).toBe('written')
    expect(await textAt(path, 0, 5)).toBe('alive')
  })
})

describe('destroy while an ended life is held', () => {
  test('the next device gets another name until the holder is gone', async () => {
    const { backend, path } = await enabledDevice()
    const holder = await holdFile(path, ALL)
    await backend.disable('dax0.1')
    await backend.destroy('dax0.1')
    const next = await backend.create({ ...plan('dax0.1', 0), uuid: 'next' })
    expect(next.chardev).toBe('dax0.0')
    expect((await backend.create(plan('dax0.1', 1))).chardev).toBe('dax0.2')
    expect(await usersOf(backend, 'dax0.1')).toEqual([asUser(holder, [ALL], true)])
    await holder.end()
    expect((await backend.create(plan('dax0.1', 2))).chardev).toBe('dax0.1')
  })

  test('the same for the id 0 of a dynamic region, which stays empty meanwhile', async () => {
    const { backend } = await newHost()
    await backend.create(plan('dax0.0', 0))
    const holder = await holdFile((await backend.enable('dax0.0')).path, {
      offset: 0,
      length: SIZE,
    })
    await backend.disable('dax0.0')
    await backend.destroy('dax0.0')
    expect(await seen(backend, 'dax0.0')).toMatchObject({ extents: [], ranges: [], enabled: false })
    expect((await backend.create(plan('dax0.0', 1))).chardev).toBe('dax0.1')
    expect(await holder.dieBy('read 0 1')).toBe('SIGBUS')
    expect((await backend.create(plan('dax0.0', 2))).chardev).toBe('dax0.0')
  })

  test.each(['dax0.1', 'dax0.0'])(
    'the disabled file of %s that somebody opened is cut and told as stale',
    async (chardev) => {
      const { directory, backend } = await newHost()
      await backend.create(plan(chardev, 0))
      const part = { offset: 0, length: SIZE }
      const holder = await holdFile(dataPath(directory, 'off', chardev), part)
      await backend.destroy(chardev)
      expect(await usersOf(backend, chardev)).toEqual([asUser(holder, [part], true)])
      expect(await holder.dieBy('read 0 1')).toBe('SIGBUS')
    },
  )
})

test('data written through a mapping outlive the reshape of the disabled device', async () => {
  const { backend, path } = await enabledDevice()
  const holder = await holdFile(path, ALL)
  await holder.ask(`write ${SIZE} tail`)
  await holder.end()
  await backend.disable('dax0.1')
  await backend.reshape('dax0.1', shape(0, 0, 3))
  await backend.enable('dax0.1')
  expect(await textAt(path, SIZE, 4)).toBe('tail')
})
