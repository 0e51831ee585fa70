/** Real processes that mmap a device, as clients do. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { onTestFinished } from 'vitest'
import type { MmapUser } from '../contract/stage.ts'

/** Maps one unit at a time, as a real dax device wants it. */
const PRELUDE = `
import mmap, os, sys
UNIT = 2 * 1024 * 1024
def window(path, offset, length):
    fd = os.open(path, os.O_RDWR)
    memory = mmap.mmap(fd, length, mmap.MAP_SHARED, offset=offset)
    os.close(fd)  # mmap keeps a duplicate of its own
    return memory
`

const ONCE = `${PRELUDE}
verb, path, offset, arg = sys.argv[1], sys.argv[2], int(sys.argv[3]), sys.argv[4]
base = offset - offset % UNIT
memory = window(path, base, UNIT)
at = offset - base
if verb == 'read':
    sys.stdout.buffer.write(memory[at:at + int(arg)])
else:
    memory[at:at + len(arg)] = arg.encode()
`

const STAY = `${PRELUDE}
memory = window(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
print('ready', flush=True)
for line in sys.stdin:
    verb, at, text = (line.rstrip('\\n').split(' ', 2) + ['', ''])[:3]
    if verb == 'read':
        print(memory[int(at):int(at) + int(text)].decode('latin1'), flush=True)
    else:
        memory[int(at):int(at) + len(text)] = text.encode('latin1')
        print('written', flush=True)
`

function runOnce(...args: string[]): string {
  return execFileSync('python3', ['-c', ONCE, ...args], { encoding: 'utf8' })
}

/** Writes through a mapping of a process that ends at once; `offset` from the device's start. */
export function mmapWrite(path: string, text: string, offset = 0): void {
  runOnce('write', path, String(offset), text)
}

/** Reads through a mapping of a process that ends at once. */
export function mmapRead(path: string, length: number, offset = 0): string {
  return runOnce('read', path, String(offset), String(length))
}

/** Makes exactly the mmap call that a grant tells. */
export async function startMmapChild(grant: {
  readonly path: string
  readonly offset: number
  readonly length: number
}): Promise<MmapUser> {
  const { path, offset, length } = grant
  const child: ChildProcess = spawn('python3', ['-c', STAY, path, String(offset), String(length)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const exited = once(child, 'exit') as Promise<[number | null, NodeJS.Signals | null]>
  const { stdin, stdout, pid } = child
  if (stdin === null || stdout === null || pid === undefined) throw new Error('python3 is missing')
  const lines = createInterface({ input: stdout })[Symbol.asyncIterator]()
  const end = async () => {
    child.kill('SIGKILL')
    await exited
  }
  onTestFinished(end)
  const say = async (command: string) => {
    stdin.write(`${command}\n`)
    return next()
  }
  const next = async () => {
    const { value, done } = await lines.next()
    if (done === true) throw new Error('the process has ended')
    return value as string
  }
  if ((await next()) !== 'ready') throw new Error('the process could not map the device')
  return {
    pid,
    read: (at, bytes) => say(`read ${at} ${bytes}`),
    write: async (at, text) => void (await say(`write ${at} ${text}`)),
    async dieOfTouch() {
      stdin.write('read 0 1\n')
      return (await exited)[1]
    },
    end,
  }
}
