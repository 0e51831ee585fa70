import { type ClientRequest, get, type IncomingMessage } from 'node:http'
import type { Body } from './wire.ts'

/** Every event of a daemon from now on, read as a stream while others change things. */
export interface Watch {
  readonly events: readonly Body[]
  /** Waits until a revision has been told. */
  reached(revision: number): Promise<void>
  close(): void
}

const REACHED_MAX_MS = 60_000
const REACHED_STEP_MS = 5

/** Opens the stream; resolves when nothing later can be missed. */
export async function watchEvents(url: string, since?: number): Promise<Watch> {
  const events: Body[] = []
  const { sent, response } = await openStream(url, since)
  let rest = ''
  response.setEncoding('utf8')
  response.on('error', () => undefined)
  response.on('data', (text: string) => {
    const frames = (rest + text).split('\n\n')
    rest = frames.pop() ?? ''
    for (const frame of frames) {
      const data = /^data: (.*)$/m.exec(frame)?.[1]
      if (data !== undefined) events.push(JSON.parse(data))
    }
  })
  return {
    events,
    async reached(revision) {
      const deadline = performance.now() + REACHED_MAX_MS
      while ((events.at(-1)?.revision ?? 0) < revision) {
        if (performance.now() > deadline) throw new Error(`revision ${revision} was never told`)
        await new Promise((resolve) => setTimeout(resolve, REACHED_STEP_MS))
      }
    },
    close: () => sent.destroy(),
  }
}

function openStream(
  url: string,
  since?: number,
): Promise<{ readonly sent: ClientRequest; readonly response: IncomingMessage }> {
  const query = since === undefined ? '' : `?since=${since}`
  return new Promise((resolve, reject) => {
    const headers = { accept: 'text/event-stream' }
    const sent = get(`${url}/v1/events${query}`, { headers, agent: false }, (response) =>
      resolve({ sent, response }),
    )
    sent.on('error', reject)
  })
}
