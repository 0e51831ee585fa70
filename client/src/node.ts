/** The client for Node: over unix sockets, with certificates, with a token from a file. */
import { createClient as createPortableClient, type Daxd } from './create-client.ts'
import { createNodeFetch } from './node/node-fetch.ts'
import type { Tls } from './node/tls.ts'
import { tokenFromFile } from './node/token-file.ts'
import type { ClientOptions } from './options.ts'

export type { Tls } from './node/tls.ts'

const UNIX_PREFIX = 'unix:'
/** What requests over a unix socket call the host; daxd does not look at it. */
const SOCKET_URL = 'http://localhost'

export interface NodeClientOptions extends Omit<ClientOptions, 'fetch'> {
  /** `http://HOST:PORT`, `https://HOST:PORT` or `unix:PATH`, as daxd says it when it listens. */
  readonly url?: string | URL | undefined
  /** The path of a unix socket, instead of `url`. */
  readonly socketPath?: string | undefined
  /** A file with the token, instead of `token`; what it says is always the newest. */
  readonly tokenFile?: string | undefined
  /** Certificates, for `https`. */
  readonly tls?: Tls | undefined
}

/** A client with connections of its own, which it keeps for the next call. */
export interface NodeDaxd extends Daxd {
  /** Cuts its connections. A program can end without it: idle ones do not hold it. */
  close(): void
}

/** Makes a client; nothing is sent yet. @throws TypeError for options that contradict. */
export function createClient(options: NodeClientOptions = {}): NodeDaxd {
  const { socketPath, tokenFile, tls, url, ...rest } = options
  if (socketPath !== undefined && url !== undefined) {
    throw new TypeError(`url ${url} and socketPath ${socketPath} cannot both be meant`)
  }
  if (tokenFile !== undefined && rest.token !== undefined) {
    throw new TypeError(`token and tokenFile ${tokenFile} cannot both be meant`)
  }
  const socket = socketPath ?? socketOf(String(url ?? ''))
  const { fetch, close } = createNodeFetch({ socketPath: socket, tls })
  const token = tokenFile === undefined ? rest.token : tokenFromFile(tokenFile)
  const base = socket === undefined ? url : SOCKET_URL
  return { ...createPortableClient({ ...rest, url: base, token, fetch }), close }
}

function socketOf(url: string): string | undefined {
  if (!url.startsWith(UNIX_PREFIX)) return undefined
  const path = url.slice(UNIX_PREFIX.length)
  if (path.startsWith('/')) return path
  throw new TypeError(`${url}: unix: needs an absolute path after it`)
}
