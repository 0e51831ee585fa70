/** A whole daemon whose callers have to be known, and clients of every kind. */
import { mkdtempSync, rmSync } from 'node:fs'
import { type Agent, request as askHttp, type RequestOptions } from 'node:http'
import { request as askHttps } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import type { ConnectionOptions } from 'node:tls'
import { pino } from 'pino'
import { onTestFinished } from 'vitest'
import { readConfig, type Settings } from '../../../src/config.ts'
import { startDaemon } from '../../../src/serve.ts'

export interface Answered {
  readonly status: number
  readonly headers: Readonly<Record<string, unknown>>
  // biome-ignore lint/suspicious/noExplicitAny: a test reads what the wire carries
  readonly body: any
}

export interface Call {
  readonly bearer?: string
  readonly tls?: ConnectionOptions
  readonly agent?: Agent
}

export interface IdentityDaemon {
  readonly directory: string
  readonly url: string
  /** Its log at trace level, as text. */
  log(): string
  get(path: string, call?: Call): Promise<Answered>
  /** `[status, name]` of whoami: who a caller is. */
  who(call?: Call): Promise<readonly [number, string | undefined]>
}

/** A directory that goes with the test. */
export function temporaryDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'daxd-identity-'))
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }))
  return directory
}

/** Starts it on a free port of loopback, or on the unix socket that `listen` names. */
export async function startIdentityDaemon(
  flags: Settings = {},
  directory = temporaryDirectory(),
): Promise<IdentityDaemon> {
  const listen = flags.listen ?? '127.0.0.1:0'
  const config = readConfig({ 'state-dir': directory, ...flags, listen }, {})
  const lines: string[] = []
  const stream = new Writable({
    write(chunk, _encoding, done) {
      lines.push(String(chunk))
      done()
    },
  })
  const daemon = await startDaemon(config, pino({ level: 'trace' }, stream), '0.0.0-test')
  onTestFinished(() => daemon.close())
  const { listen: where } = config
  const socketPath = where.kind === 'unix' ? where.path : undefined
  const bound = await daemon.app.listen(
    where.kind === 'unix' ? { path: where.path } : { host: where.host, port: where.port },
  )
  const url = config.tls === null ? bound : bound.replace(/^http:/, 'https:')
  const get = (path: string, call: Call = {}): Promise<Answered> => {
    const target = socketPath === undefined ? `${url}${path}` : `http://localhost${path}`
    return ask(target, { ...call, ...(socketPath === undefined ? {} : { socketPath }) })
  }
  return {
    directory,
    url,
    log: () => lines.join(''),
    get,
    async who(call) {
      const { status, body } = await get('/v1/whoami', call)
      return [status, body.name]
    },
  }
}

function ask(url: string, call: Call & { readonly socketPath?: string }): Promise<Answered> {
  const { bearer, tls, agent, socketPath } = call
  const options: RequestOptions & ConnectionOptions = {
    ...tls,
    agent: agent ?? false,
    headers: bearer === undefined ? {} : { authorization: `Bearer ${bearer}` },
    ...(socketPath === undefined ? {} : { socketPath }),
  }
  return new Promise((resolve, reject) => {
    const request = (url.startsWith('https:') ? askHttps : askHttp)(url, options, (answer) => {
      let text = ''
      answer.setEncoding('utf8')
      answer.on('data', (part: string) => {
        text += part
      })
      answer.on('end', () => {
        const { statusCode: status = 0, headers } = answer
        resolve({ status, headers, body: JSON.parse(text) })
      })
      answer.on('error', reject)
    })
    request.on('error', reject).end()
  })
}
