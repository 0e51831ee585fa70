import { mkdtemp, open, rename, rm, stat, unlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createProcessObserver } from '../../src/procfs/observer.ts'
import type { ProcessUse, WatchedFile } from '../../src/procfs/process-use.ts'
import { type PythonChild, startPython } from './python-child.ts'

const MIB = 2 ** 20
const observer = createProcessObserver()
let folder: string
let path: string
let watched: WatchedFile
let children: PythonChild[]

beforeEach(async () => {
  children = []
  folder = await mkdtemp(join(tmpdir(), 'daxd-observer-'))
  path = join(folder, 'dax0.0')
  const file = await open(path, 'w')
  await file.truncate(8 * MIB)
  await file.close()
  const { dev, ino } = await stat(path)
  watched = { key: 'dax0.0', kind: 'file', dev, ino }
})

afterEach(async () => {
  for (const child of children) await child.end()
  await rm(folder, { recursive: true })
})

async function start(script: string, ...args: string[]): Promise<number> {
  const child = await startPython(`${script}\nprint('ready', flush=True)\ninput()`, ...args)
  children.push(child)
  return child.pid
}

/** Without the cgroup, which is the test machine's. */
async function usersOf(file: WatchedFile): Promise<Omit<ProcessUse, 'cgroup'>[]> {
  const { found } = await observer.find([file])
  expect([...found.keys()]).toEqual(found.size === 0 ? [] : [file.key])
  return (found.get(file.key) ?? []).map(({ cgroup: _, ...use }) => use)
}

const identity = { comm: 'python3', container_id: null, pod_uid: null }
const inodes = [expect.any(Number)]
const nobody = { ...identity, fds: [], mapped: [], inodes }

test('a process that opened the file twice and mapped parts of it is found with both', async () => {
  const pid = await start(
    `
import mmap, os, sys
for wanted in (20, 7):
    fd = os.open(sys.argv[1], os.O_RDWR)
    os.dup2(fd, wanted); os.close(fd)
keep = [mmap.mmap(20, length, offset=offset) for length, offset in
        ((2097152, 4194304), (1048576, 1048576), (1048576, 2097152), (4096, 4194304))]
# The duplicates that python's mmap keeps.
for fd in range(3, 20):
    if fd != 7:
        try: os.close(fd)
        except OSError: pass
`,
    path,
  )
  const mapped = [
    { offset: MIB, length: 2 * MIB },
    { offset: 4 * MIB, length: 2 * MIB },
  ]
  expect(await usersOf(watched)).toEqual([{ ...nobody, pid, fds: [7, 20], mapped }])
})

test('a mapping holds the file after its descriptor was closed', async () => {
  const pid = await start(
    `
import ctypes, os, sys
libc = ctypes.CDLL(None, use_errno=True)
libc.mmap.restype = ctypes.c_void_p
fd = os.open(sys.argv[1], os.O_RDWR)
# MAP_SHARED without python's own duplicate of the descriptor.
libc.mmap(None, ctypes.c_size_t(4194304), 3, 1, fd, ctypes.c_long(2097152))
os.close(fd)
`,
    path,
  )
  expect(await usersOf(watched)).toEqual([
    { ...nobody, pid, mapped: [{ offset: 2 * MIB, length: 4 * MIB }] },
  ])
})

test('a file that was deleted is still told from the one that has its name now', async () => {
  const pid = await start('import os, sys\nos.dup2(os.open(sys.argv[1], os.O_RDONLY), 30)', path)
  const next = join(folder, 'next')
  await (await open(next, 'w')).close()
  await unlink(path)
  await rename(next, path)
  const { dev, ino } = await stat(path)
  const { found } = await observer.find([
    watched,
    { key: 'the next life', kind: 'file', dev, ino, path },
  ])
  expect([...found].map(([key, users]) => [key, users.map((user) => user.pid)])).toEqual([
    ['dax0.0', [pid]],
  ])
})

test('a character device is told by its number, whatever node it was opened through', async () => {
  const pid = await start('import os\nos.dup2(os.open("/dev/full", os.O_RDONLY), 40)')
  const users = await usersOf({ key: 'full', kind: 'chardev', major: 1, minor: 7 })
  expect(users.find((user) => user.pid === pid)?.fds).toContain(40)
})

test('a process whose main thread has ended is found through its other threads', async () => {
  const pid = await start(
    `
import ctypes, os, sys, threading, time
fd = os.open(sys.argv[1], os.O_RDWR)
def stay():
    main = threading.main_thread().native_id
    while open(f'/proc/{main}/stat').read().rsplit(')')[1].split()[0] != 'Z': time.sleep(0.01)
    print('ready', flush=True)
    time.sleep(600)
threading.Thread(target=stay).start()
ctypes.CDLL(None).pthread_exit(None)
`,
    path,
  )
  expect(await usersOf(watched)).toEqual([{ ...nobody, pid, fds: [3] }])
})

test('who has ended uses nothing, and daxd itself does not count', async () => {
  const own = await open(path, 'r')
  await start('import os, sys\nos.open(sys.argv[1], os.O_RDONLY)', path)
  await children.pop()?.end()
  expect(await usersOf(watched)).toEqual([])
  await own.close()
})

test('a search for nothing finds nothing, completely', async () => {
  expect(await observer.find([])).toEqual({ found: new Map(), complete: true })
})
