import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { onTestFinished } from 'vitest'

/** What the child does: opens the file, maps it as asked, then obeys one command a line. */
const SCRIPT = `
import mmap, os, sys
path, maps = sys.argv[1], sys.argv[2]
fd = os.open(path, os.O_RDWR)
mapped = None
if maps != 'none':
    offset, length = [int(part) for part in maps.split('+')]
    mapped = mmap.mmap(fd, length, mmap.MAP_SHARED, offset=offset)
print(fd, flush=True)
for line in sys.stdin:
    verb, *rest = line.split()
    if verb == 'read':
        print(mapped[int(rest[0]):int(rest[0]) + int(rest[1])].decode('latin1'), flush=True)
    elif verb == 'write':
        data = rest[1].encode('latin1')
        mapped[int(rest[0]):int(rest[0]) + len(data)] = data
        print('written', flush=True)
    elif verb == 'size':
        print(os.fstat(fd).st_size, flush=True)
`

/** A real process that has a device open, and perhaps mapped. */
export interface Holder {
  readonly pid: number
  readonly fd: number
  /** Sends a command and gives the line that answers it. */
  ask(command: string): Promise<string>
  /** Sends a command that the process should not survive, and gives the signal that ended it. */
  dieBy(command: string): Promise<NodeJS.Signals | null>
  /** Ends it and waits until it is gone. */
  end(): Promise<void>
}

/** `maps` is what it maps of the file; without it, it only has it open. */
export async function holdFile(
  path: string,
  maps?: { readonly offset: number; readonly length: number },
): Promise<Holder> {
  const mapsText = maps === undefined ? 'none' : `${maps.offset}+${maps.length}`
  const child = spawn('python3', ['-c', SCRIPT, path, mapsText], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const gone = once(child, 'exit') as Promise<[number | null, NodeJS.Signals | null]>
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  const end = async () => {
    child.kill('SIGKILL')
    await gone
  }
  onTestFinished(end)
  const answer = async () => {
    const { value, done } = await lines.next()
    if (done === true) throw new Error('the holder is gone')
    return value
  }
  const fd = Number(await answer())
  return {
    pid: child.pid ?? -1,
    fd,
    ask: (command) => {
      child.stdin.write(`${command}\n`)
      return answer()
    },
    dieBy: async (command) => {
      child.stdin.write(`${command}\n`)
      return (await gone)[1]
    },
    end,
  }
}
