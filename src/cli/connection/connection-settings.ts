/** Which daemon is spoken to, and as whom: flags, environment, config files, in this order. */
import { existsSync, readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join, resolve } from 'node:path'
import { parse } from 'yaml'
import { z } from 'zod'
import { LISTEN_DEFAULT } from '../../config.ts'
import { UsageError } from '../../usage-error.ts'

/** The socket of the service that deploy/systemd installs; taken where nothing else is said. */
const SOCKET_DEFAULT = '/run/daxd/daxd.sock'
const FILE_OF_HOST = '/etc/daxd/client.yaml'

const settingsSchema = z.strictObject({
  url: z.string().min(1).optional(),
  socket: z.string().min(1).optional(),
  'token-file': z.string().min(1).optional(),
  ca: z.string().min(1).optional(),
  cert: z.string().min(1).optional(),
  key: z.string().min(1).optional(),
})
type Settings = z.output<typeof settingsSchema>

/** The connection's flags as commander names them. */
export interface ConnectionFlags {
  readonly url?: string
  readonly socket?: string
  readonly tokenFile?: string
  readonly ca?: string
  readonly cert?: string
  readonly key?: string
}

/** Where a daemon is, and what is shown to it. Paths are absolute. */
export interface Connection {
  /** `http://HOST:PORT`, `https://HOST:PORT` or `unix:PATH`. */
  readonly url: string
  readonly tokenFile: string | null
  readonly ca: string | null
  readonly cert: string | null
  readonly key: string | null
}

type Environment = Readonly<Record<string, string | undefined>>

/**
 * The connection. Each layer's `url` and `socket` mean the same thing, where the daemon is, so one
 * in a nearer layer beats both of a farther one.
 * @throws UsageError for a file that cannot be read, or says what cannot be.
 */
export function readConnection(flags: ConnectionFlags, environment: Environment): Connection {
  const layers = [fromFlags(flags), fromEnvironment(environment), ...fromFiles(environment)]
  const first = (name: keyof Settings): string | undefined =>
    layers.find((layer) => layer[name] !== undefined)?.[name]
  const path = (name: keyof Settings): string | null => {
    const value = first(name)
    return value === undefined ? null : resolve(value)
  }
  const connection = {
    url: whereOf(layers),
    tokenFile: path('token-file'),
    ca: path('ca'),
    cert: path('cert'),
    key: path('key'),
  }
  if ((connection.cert === null) !== (connection.key === null)) {
    throw new UsageError('--cert and --key go together: a certificate and its private key.')
  }
  return connection
}

function whereOf(layers: readonly Settings[]): string {
  const layer = layers.find(({ url, socket }) => url !== undefined || socket !== undefined)
  if (layer === undefined) {
    return existsSync(SOCKET_DEFAULT) ? `unix:${SOCKET_DEFAULT}` : `http://${LISTEN_DEFAULT}`
  }
  const { url, socket } = layer
  if (url !== undefined && socket !== undefined) {
    throw new UsageError(`Both say where daxd is: the url ${url} and the socket ${socket}.`)
  }
  if (socket !== undefined) return `unix:${resolve(socket)}`
  if (url?.startsWith('unix:/')) return url
  const parsed = url !== undefined && URL.canParse(url) ? new URL(url) : null
  if (parsed?.protocol === 'http:' || parsed?.protocol === 'https:') return parsed.href
  throw new UsageError(`${url} is neither http(s)://HOST:PORT nor unix:/PATH.`)
}

function fromFlags({ tokenFile, ...flags }: ConnectionFlags): Settings {
  const { url, socket, ca, cert, key } = flags
  return { url, socket, ca, cert, key, 'token-file': tokenFile }
}

function fromEnvironment(environment: Environment): Settings {
  const value = (name: string): string | undefined => environment[name] || undefined
  return {
    url: value('DAXD_URL'),
    socket: value('DAXD_SOCKET'),
    'token-file': value('DAXD_TOKEN_FILE'),
    ca: value('DAXD_CA'),
    cert: value('DAXD_CERT'),
    key: value('DAXD_KEY'),
  }
}

/** A file that is named must be there; those at the usual places need not. */
function fromFiles(environment: Environment): Settings[] {
  const { DAXD_CLIENT_CONFIG: named, XDG_CONFIG_HOME: home } = environment
  if (named !== undefined && named !== '') return [fromFile(named)]
  const own = join(home || join(homedir(), '.config'), 'daxd', 'client.yaml')
  return [own, FILE_OF_HOST].filter((path) => existsSync(path)).map(fromFile)
}

function fromFile(path: string): Settings {
  let document: unknown
  try {
    document = parse(readFileSync(path, 'utf8')) ?? {}
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    throw new UsageError(`The config file ${path} cannot be read: ${why}`)
  }
  const checked = settingsSchema.safeParse(document)
  if (checked.success) return checked.data
  const [issue] = checked.error.issues
  const where = issue?.path.join('.') || 'the document'
  throw new UsageError(`The config file ${path}: ${where}: ${issue?.message ?? 'malformed'}.`)
}
