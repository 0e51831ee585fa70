/** Odd cases, on a folder that is made up like procfs. */
import { execFileSync } from 'node:child_process'
import { closeSync, constants, openSync } from 'node:fs'
import { mkdir, mkdtemp, open, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createProcessObserver } from '../../src/procfs/observer.ts'
import type { ProcessUse, WatchedFile } from '../../src/procfs/process-use.ts'

let procRoot: string
let path: string
let watched: WatchedFile & { kind: 'file' }
let watchedNumbers: string

beforeEach(async () => {
  procRoot = await mkdtemp(join(tmpdir(), 'daxd-proc-'))
  path = join(procRoot, 'dax0.0')
  await writeFile(path, '')
  const { dev, ino } = await stat(path)
  watched = { key: 'dax0.0', kind: 'file', dev, ino, path }
  const numbers = execFileSync('stat', ['-c', '%Hd %Ld', path], { encoding: 'utf8' }).split(' ')
  watchedNumbers = numbers.map((part) => Number(part).toString(16).padStart(2, '0')).join(':')
  await fakeProcess(1, {})
})

afterEach(() => rm(procRoot, { recursive: true }))

interface Fake {
  /** Where its descriptors lead to. */
  readonly fds?: Record<number, string>
  readonly maps?: string
  /** Where the entries of `map_files` lead to. */
  readonly mapFiles?: Record<string, string>
}

async function fakeProcess(pid: number, { fds = {}, maps = '', mapFiles = {} }: Fake) {
  const folder = join(procRoot, String(pid))
  await mkdir(join(folder, 'fd'), { recursive: true })
  await mkdir(join(folder, 'map_files'))
  for (const [fd, target] of Object.entries(fds)) await symlink(target, join(folder, 'fd', fd))
  for (const [range, target] of Object.entries(mapFiles)) {
    await symlink(target, join(folder, 'map_files', range))
  }
  await writeFile(join(folder, 'maps'), maps)
  await writeFile(join(folder, 'comm'), `fake ${pid}\n`)
  await writeFile(join(folder, 'cgroup'), '0::/fake\n')
}

const observe = (options = {}) => createProcessObserver({ procRoot, ownPid: 999, ...options })

function use(pid: number, rest: Partial<ProcessUse>): ProcessUse {
  const comm = `fake ${pid}`
  const nothing = { container_id: null, pod_uid: null, fds: [], mapped: [] }
  return { pid, comm, cgroup: '/fake', ...nothing, inodes: [watched.ino], ...rest }
}

const line = (numbers: string, inode: number, name: string) =>
  `7f0000000000-7f0000200000 rw-s 00400000 ${numbers} ${inode}      ${name}\n`
const MAPPED = [{ offset: 4194304, length: 2097152 }]

test('a maps line is known by its numbers, whatever name the file has over there', async () => {
  await fakeProcess(5, { maps: line(watchedNumbers, watched.ino, '/mnt/elsewhere') })
  expect(await observe().find([watched])).toEqual({
    found: new Map([['dax0.0', [use(5, { mapped: MAPPED })]]]),
    complete: true,
  })
})

test('where maps shows another device number (btrfs), the mapped file itself is asked', async () => {
  const mapFiles = { '7f0000000000-7f0000200000': path }
  await fakeProcess(5, { maps: line('00:2b', watched.ino, '/mnt/x (deleted)'), mapFiles })
  expect(await observe().find([watched])).toEqual({
    found: new Map([['dax0.0', [use(5, { mapped: MAPPED })]]]),
    complete: true,
  })
})

test('another file with the path of a watched one, in another mount namespace, is not it', async () => {
  const other = join(procRoot, 'other')
  await writeFile(other, '')
  const mapFiles = { '7f0000000000-7f0000200000': other }
  await fakeProcess(5, { maps: line('00:2b', watched.ino, path), mapFiles })
  expect(await observe().find([watched])).toEqual({ found: new Map(), complete: true })
})

test('where map_files is closed to us, path and inode have to do; a suspect left is a gap', async () => {
  await fakeProcess(5, { maps: line('00:2b', watched.ino, path) })
  await fakeProcess(6, { maps: line('00:2b', watched.ino, `${path} (deleted)`) })
  await fakeProcess(7, { maps: line('00:2b', watched.ino + 1, path) })
  // Root may read everything, so a file in place of the folder stands for the refusal.
  for (const pid of [5, 6, 7]) {
    await rm(join(procRoot, `${pid}/map_files`), { recursive: true })
    await writeFile(join(procRoot, `${pid}/map_files`), '')
  }
  expect(await observe().find([watched])).toEqual({
    found: new Map([['dax0.0', [use(5, { mapped: MAPPED }), use(6, { mapped: MAPPED })]]]),
    complete: false,
  })
})

test('a mapped character device is found through a node of any name', async () => {
  const range = '7f0000000000-7f0000200000'
  await fakeProcess(5, { maps: line('00:06', 11, '/srv/mem'), mapFiles: { [range]: '/dev/full' } })
  await fakeProcess(6, { maps: line('00:06', 11, '/srv/mem'), mapFiles: { [range]: '/dev/null' } })
  const full: WatchedFile = { key: 'full', kind: 'chardev', major: 1, minor: 7 }
  expect(await observe().find([full, watched])).toEqual({
    found: new Map([['full', [use(5, { mapped: MAPPED, inodes: [11] })]]]),
    complete: true,
  })
})

test('a process that cannot be read makes the look incomplete; a kernel thread does not', async () => {
  for (const [pid, flags] of [
    [5, 0x00200040],
    [6, 0x00400040],
  ] as const) {
    await fakeProcess(pid, {})
    await rm(join(procRoot, `${pid}/fd`), { recursive: true })
    await writeFile(join(procRoot, `${pid}/fd`), '')
    await writeFile(join(procRoot, `${pid}/stat`), `${pid} (odd) S 2 0 0 0 -1 ${flags} 0 0\n`)
  }
  expect((await observe().find([watched])).complete).toBe(false)
  await rm(join(procRoot, '6'), { recursive: true })
  expect((await observe().find([watched])).complete).toBe(true)
})

test('a process table without process 1 hides others', async () => {
  await rm(join(procRoot, '1'), { recursive: true })
  expect(await observe().find([watched])).toEqual({ found: new Map(), complete: false })
})

test('a maps file beyond the limit is searched so far and makes the look incomplete', async () => {
  const maps = line(watchedNumbers, watched.ino, path)
  await fakeProcess(5, { maps: maps + maps })
  const exact = await observe({ mapsLimitBytes: 2 * maps.length }).find([watched])
  expect(exact.complete).toBe(true)
  expect(await observe({ mapsLimitBytes: 2 * maps.length - 1 }).find([watched])).toEqual({
    found: new Map([['dax0.0', [use(5, { mapped: MAPPED })]]]),
    complete: false,
  })
})

test('what vanishes between two steps is no gap', async () => {
  await fakeProcess(5, { fds: { 3: join(procRoot, 'no such file') } })
  await fakeProcess(6, { fds: { 3: path } })
  await rm(join(procRoot, '6/comm'))
  await mkdir(join(procRoot, '7'))
  expect(await observe().find([watched])).toEqual({ found: new Map(), complete: true })
})

test('two callers with one key for different files each get their own answer', async () => {
  const other = join(procRoot, 'other')
  await writeFile(other, '')
  const { dev, ino } = await stat(other)
  await fakeProcess(5, { fds: { 3: path } })
  await fakeProcess(6, { fds: { 4: other } })
  const observer = observe()
  const [first, second] = await Promise.all([
    observer.find([watched]),
    observer.find([{ key: 'dax0.0', kind: 'file', dev, ino }]),
  ])
  expect(first.found).toEqual(new Map([['dax0.0', [use(5, { fds: [3] })]]]))
  expect(second.found).toEqual(new Map([['dax0.0', [use(6, { fds: [4], inodes: [ino] })]]]))
})

/** A process whose maps file blocks its reader until `release`. */
async function fakeBlocker(pid: number) {
  await fakeProcess(pid, {})
  const maps = join(procRoot, `${pid}/maps`)
  await rm(maps)
  execFileSync('mkfifo', [maps])
  return async function release() {
    const pipe = await open(maps, 'w')
    await pipe.close()
  }
}

test('calls during a look share the next one, which sees what came after the first', async () => {
  const release = await fakeBlocker(1000)
  const observer = observe()
  const first = observer.find([watched])
  // Long enough for all but the blocked process to have been looked at.
  await sleep(300)
  await symlink(path, join(procRoot, '1/fd/3'))
  const second = observer.find([watched])
  const third = observer.find([watched])
  await release()
  expect((await first).found).toEqual(new Map())
  await release()
  const [late, later] = await Promise.all([second, third])
  expect(late.found).toEqual(new Map([['dax0.0', [use(1, { fds: [3] })]]]))
  expect(later.found.get('dax0.0')?.[0]).toBe(late.found.get('dax0.0')?.[0])
})

test('a process that blocks its readers costs one time-out, and is a gap until it answers', async () => {
  await fakeProcess(5, { fds: { 3: path } })
  const release = await fakeBlocker(1000)
  const observer = observe({ timeoutMs: 1000 })
  const gap = { found: new Map([['dax0.0', [use(5, { fds: [3] })]]]), complete: false }
  expect(await observer.find([watched])).toEqual(gap)
  const before = performance.now()
  expect(await observer.find([watched])).toEqual(gap)
  expect(performance.now() - before).toBeLessThan(700)
  await release()
  await rm(join(procRoot, '1000/maps'))
  await writeFile(join(procRoot, '1000/maps'), '')
  await expect.poll(async () => (await observer.find([watched])).complete).toBe(true)
})

/** Lets go a reader that is blocked, without a thread of the pool that all readers may have. */
function releaseNow(pid: number): void {
  closeSync(openSync(join(procRoot, `${pid}/maps`), constants.O_WRONLY | constants.O_NONBLOCK))
}

test('a user that waits behind slow processes is found, not left out', async () => {
  const slow = [1000, 1001, 1002, 1003, 1004, 1005, 1006, 1007]
  for (const pid of slow) await fakeBlocker(pid)
  await fakeProcess(2000, { fds: { 3: path } })
  const looked = observe({ timeoutMs: 2000 }).find([watched])
  // Each is let go in its time; all together take longer than any one may.
  for (const four of [slow.slice(0, 4), slow.slice(4)]) {
    await sleep(1500)
    for (const pid of four) releaseNow(pid)
  }
  const found = new Map([['dax0.0', [use(2000, { fds: [3] })]]])
  expect(await looked).toEqual({ found, complete: true })
})

test('a look that does not come to the end of the table is none', async () => {
  const slow = [1000, 1001, 1002, 1003]
  for (const pid of slow) await fakeBlocker(pid)
  await fakeProcess(2000, { fds: { 3: path } })
  const looked = observe({ timeoutMs: 1000, totalMs: 500 }).find([watched])
  await expect(looked).rejects.toMatchObject({ code: 'backend_failed' })
  for (const pid of slow) releaseNow(pid)
})

test('a process started during the look is looked at, too', async () => {
  const release = await fakeBlocker(1000)
  const look = observe().find([watched])
  await sleep(200)
  await fakeProcess(5, { fds: { 3: path } })
  await release()
  expect((await look).found).toEqual(new Map([['dax0.0', [use(5, { fds: [3] })]]]))
})

test('a process table that cannot be read is backend_failed', async () => {
  const observer = createProcessObserver({ procRoot: join(procRoot, 'missing') })
  await expect(observer.find([watched])).rejects.toMatchObject({ code: 'backend_failed' })
})
