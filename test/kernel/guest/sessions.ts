import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'

interface Session {
  readonly child: ChildProcessWithoutNullStreams
  readonly lines: string[]
  wake: () => void
  ended: boolean
}

/** Processes that answer one line to each line, for as long as the host wants them. */
export interface Sessions {
  start(argv: readonly string[]): { session: number; pid: number }
  /** Sends lines and waits for as many answers. */
  converse(id: number, input: readonly string[], timeoutMs: number): Promise<string[]>
  /** Closes its input, or kills it, and waits for its end. */
  end(id: number): Promise<{ code: number | string | null }>
}

export function createSessions(): Sessions {
  const sessions = new Map<number, Session>()
  let next = 1

  function sessionOf(id: number): Session {
    const session = sessions.get(id)
    if (session === undefined) throw new Error(`no session ${id}`)
    return session
  }

  return {
    start([file = '', ...args]) {
      const child = spawn(file, args)
      const session: Session = { child, lines: [], wake: () => {}, ended: false }
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
      return { session: next++, pid: child.pid ?? 0 }
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
