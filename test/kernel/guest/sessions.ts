import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'

interface Session {
  readonly pid: number
  readonly child: ChildProcessWithoutNullStreams
  readonly lines: string[]
  wake: () => void
  ended: boolean
}

interface Started {
  readonly session: number
  readonly pid: number
}

/** Processes that answer one line to each line, for as long as the host wants them. */
export interface Sessions {
  start(argv: readonly string[]): Started
  /** The one of that name that still lives, or a new one. */
  resume(name: string, argv: readonly string[]): Started
  /** Sends lines and waits for as many answers. */
  converse(id: number, input: readonly string[], timeoutMs: number): Promise<string[]>
  /** Closes its input, or kills it, and waits for its end. */
  end(id: number): Promise<{ code: number | string | null }>
}

export function createSessions(): Sessions {
  const sessions = new Map<number, Session>()
  const named = new Map<string, number>()
  let next = 1

  function sessionOf(id: number): Session {
    const session = sessions.get(id)
    if (session === undefined) throw new Error(`no session ${id}`)
    return session
  }

  function start([file = '', ...args]: readonly string[]): Started {
    const child = spawn(file, args)
    const { pid = 0 } = child
    const session: Session = { child, pid, lines: [], wake: () => {}, ended: false }
    child.stdin.on('error', () => {})
    child.on('error', () => child.kill())
    createInterface({ input: child.stdout }).on('line', (line) => {
      session.lines.push(line)
      session.wake()
    })
    child.on('close', () => {
      session.ended = true
      session.wake()
    })
    sessions.set(next, session)
    return { session: next++, pid }
  }

  return {
    start,
    resume(name, argv) {
      const id = named.get(name)
      const known = id === undefined ? undefined : sessions.get(id)
      if (id !== undefined && known?.ended === false) return { session: id, pid: known.pid }
      const started = start(argv)
      named.set(name, started.session)
      return started
    },
    async converse(id, input, timeoutMs) {
      const session = sessionOf(id)
      const until = Date.now() + timeoutMs
      session.child.stdin.write(input.map((line) => `${line}\n`).join(''))
      while (session.lines.length < input.length) {
        if (session.ended) {
          throw new Error(`session ${id} ended after ${session.lines.length} answers`)
        }
        if (Date.now() > until) throw new Error(`session ${id}: no answer in ${timeoutMs} ms`)
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, Math.max(1, until - Date.now()))
          session.wake = () => {
            if (!session.ended && session.lines.length < input.length) return
            clearTimeout(timer)
            resolve()
          }
        })
      }
      return session.lines.splice(0, input.length)
    },
    async end(id) {
      const { child } = sessionOf(id)
      sessions.delete(id)
      if (child.exitCode === null && child.signalCode === null) {
        child.stdin.end()
        await new Promise((resolve) => child.once('close', resolve))
      }
      return { code: child.exitCode ?? child.signalCode }
    },
  }
}
