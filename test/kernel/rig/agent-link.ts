import { createConnection, type Socket } from 'node:net'
import { createInterface } from 'node:readline'

interface Waiting {
  resolve(result: unknown): void
  reject(error: Error): void
}

/** A connection to the agent in the guest, made when it is needed and made again when it broke. */
export interface AgentLink {
  /** @throws Error when the guest's side fails, the connection breaks or the time is over. */
  ask<T>(op: string, fields: object, timeoutMs: number): Promise<T>
  close(): void
}

export function createAgentLink(port: number): AgentLink {
  const waiting = new Map<number, Waiting>()
  let socket: Socket | null = null
  let next = 1

  function drop(broken: Socket, error: Error): void {
    broken.destroy()
    if (socket !== broken) return
    socket = null
    for (const { reject } of waiting.values()) reject(error)
    waiting.clear()
  }

  function connected(): Socket {
    if (socket !== null) return socket
    const made = createConnection(port, '127.0.0.1')
    made.on('error', (error) => drop(made, error))
    made.on('close', () => drop(made, new Error('the guest closed the connection')))
    const lines = createInterface({ input: made })
    lines.on('error', (error) => drop(made, error))
    lines.on('line', (line) => {
      const said = JSON.parse(line) as { id: number; result?: unknown; error?: string }
      const asked = waiting.get(said.id)
      waiting.delete(said.id)
      if (said.error === undefined) asked?.resolve(said.result)
      else asked?.reject(new Error(`guest: ${said.error}`))
    })
    socket = made
    return made
  }

  return {
    ask<T>(op: string, fields: object, timeoutMs: number): Promise<T> {
      const id = next++
      return new Promise<T>((resolve, reject) => {
        const timer = setTimeout(() => {
          waiting.delete(id)
          reject(new Error(`guest: ${op}: no answer in ${timeoutMs} ms`))
        }, timeoutMs)
        waiting.set(id, {
          resolve(result) {
            clearTimeout(timer)
            resolve(result as T)
          },
          reject(error) {
            clearTimeout(timer)
            reject(error)
          },
        })
        connected().write(`${JSON.stringify({ id, op, ...fields })}\n`)
      })
    },
    close() {
      const open = socket
      if (open !== null) drop(open, new Error('closed'))
    },
  }
}
