/** Flags, then environment, then a config file: one frozen configuration, checked by zod. */
import { readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join, resolve } from 'node:path'
import { parse } from 'yaml'
import { z } from 'zod'
import { CDI_KIND_DEFAULT, isCdiKind } from './core/cdi-name.ts'
import { DaxError } from './core/errors.ts'
import { parseSize } from './core/size-text.ts'
import { type Bytes, MIB } from './core/units.ts'
import { WIPES, type Wipe } from './core/vocabulary.ts'
import type { TlsPaths } from './identity/tls-files.ts'
import { type Listen, parseListen } from './listen-address.ts'
import { UsageError } from './usage-error.ts'

export interface Config {
  readonly listen: Listen
  readonly stateDirectory: string
  readonly backend: 'emulated' | 'kernel'
  readonly topology: readonly string[]
  readonly logLevel: string
  readonly token: string | null
  /** Where it is said which certificates and JWTs are whom; null for nowhere. */
  readonly identities: string | null
  readonly tls: TlsPaths | null
  readonly insecureNoAuth: boolean
  readonly insecureNoTls: boolean
  /** How often each identity may ask, requests a second; null for as often as it likes. */
  readonly rateLimit: number | null
  /** What shall go wrong on the emulated host, for tests of clients; the file's content. */
  readonly faults: unknown
  /** Give back at start the devices that the kernel made over whole regions, if unused. */
  readonly releaseDefaultDevices: boolean
  /** Write labels on static regions that have none; loses what is on them. */
  readonly initLabels: boolean
  /** How all memory is wiped at least. */
  readonly wipeMinimum: Wipe
  /** How fast memory is wiped at most, bytes a second; null for as fast as it goes. */
  readonly wipeRate: Bytes | null
  /** Where claims are offered to container runtimes, and as what; null for nowhere. */
  readonly cdi: CdiConfig | null
}

export interface CdiConfig {
  readonly directory: string
  /** `vendor/class` */
  readonly kind: string
}

export const LISTEN_DEFAULT = '127.0.0.1:7329'
/** Where runtimes look for devices that come and go, when daxd owns a real host. */
export const CDI_DIRECTORY_DEFAULT = '/var/run/cdi'
export const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const

/** The value of --cdi-dir that turns it off. */
const CDI_NOWHERE = 'none'

const TOKEN_LENGTH_MIN = 16
/** Bytes a second. */
const WIPE_RATE_MIN = MIB
const LIST = z.union([z.string().transform((text) => [text]), z.array(z.string())])

/** What may be set, by the names of the flags; a config file uses the same names. */
const settingsSchema = z.strictObject({
  listen: z.string().optional(),
  'state-dir': z.string().min(1).optional(),
  backend: z.enum(['emulated', 'kernel']).optional(),
  topology: LIST.optional(),
  'log-level': z.enum(LOG_LEVELS).optional(),
  'token-file': z.string().min(1).optional(),
  identities: z.string().min(1).optional(),
  'tls-cert': z.string().min(1).optional(),
  'tls-key': z.string().min(1).optional(),
  'client-ca': z.string().min(1).optional(),
  'insecure-no-auth': z.boolean().optional(),
  'insecure-no-tls': z.boolean().optional(),
  faults: z.string().min(1).optional(),
  'release-default-devices': z.boolean().optional(),
  'init-labels': z.boolean().optional(),
  'wipe-minimum': z.enum(WIPES).optional(),
  'rate-limit': z.coerce.number().int().min(1).max(1_000_000).optional(),
  'wipe-rate': z.union([z.string(), z.number()]).optional(),
  'cdi-dir': z.string().min(1).optional(),
  'cdi-kind': z.string().refine(isCdiKind, 'must be VENDOR/CLASS, as in daxd.io/claim').optional(),
})

export type Settings = z.input<typeof settingsSchema>

type Environment = Readonly<Record<string, string | undefined>>

/**
 * The configuration of `daxd serve`.
 * @throws UsageError with one clear sentence for anything wrong.
 */
export function readConfig(
  flags: Settings & { readonly config?: string },
  environment: Environment,
): Config {
  const { config: file = environment['DAXD_CONFIG'], ...given } = flags
  const fromFile = file === undefined ? {} : check(readDocument(file), `config file ${file}`)
  const fromEnvironment = check(environmentSettings(environment), 'environment')
  const settings = { ...fromFile, ...fromEnvironment, ...check(withoutAbsent(given), 'flags') }
  const tokenFile = settings['token-file']
  const faultsFile = settings.faults
  const listen = parseListen(settings.listen ?? LISTEN_DEFAULT)
  const identities = settings.identities === undefined ? null : resolve(settings.identities)
  const config: Config = {
    listen,
    stateDirectory: resolve(settings['state-dir'] ?? defaultStateDirectory(environment)),
    backend: settings.backend ?? 'emulated',
    topology: settings.topology ?? [],
    logLevel: settings['log-level'] ?? 'info',
    token: tokenFile === undefined ? null : readToken(tokenFile),
    identities,
    tls: tlsOf(settings, listen, identities),
    insecureNoAuth: settings['insecure-no-auth'] ?? false,
    insecureNoTls: settings['insecure-no-tls'] ?? false,
    faults: faultsFile === undefined ? null : readDocument(faultsFile),
    releaseDefaultDevices: settings['release-default-devices'] ?? false,
    initLabels: settings['init-labels'] ?? false,
    wipeMinimum: settings['wipe-minimum'] ?? 'none',
    rateLimit: settings['rate-limit'] ?? null,
    wipeRate: wipeRateOf(settings['wipe-rate']),
    cdi: cdiOf(settings),
  }
  requireFitting(config.backend, settings)
  return Object.freeze(config)
}

/**
 * Where nobody says: the usual directory for a real host's devices, which only root may write, and
 * nowhere for the emulated ones.
 * @throws UsageError for a kind under which nothing would be offered.
 */
function cdiOf(settings: z.output<typeof settingsSchema>): CdiConfig | null {
  const { 'cdi-dir': given, 'cdi-kind': kind = CDI_KIND_DEFAULT, backend } = settings
  if (given === CDI_NOWHERE) return null
  if (given !== undefined) return { directory: resolve(given), kind }
  if (backend !== 'kernel' || process.getuid?.() !== 0) {
    if (settings['cdi-kind'] === undefined) return null
    throw new UsageError('--cdi-kind means nothing without --cdi-dir DIR.')
  }
  return { directory: CDI_DIRECTORY_DEFAULT, kind }
}

/** @throws UsageError for what is no rate, or so slow that memory would never come back. */
function wipeRateOf(given: string | number | undefined): Bytes | null {
  if (given === undefined) return null
  const size = typeof given === 'string' ? given.replace(/\/s$/, '') : given
  const rate = sizeOrNull(size)
  if (rate !== null && rate >= WIPE_RATE_MIN) return rate
  throw new UsageError(`--wipe-rate ${given} is not SIZE/s of at least 1MiB/s, as in 500MiB/s.`)
}

function sizeOrNull(size: string | number): Bytes | null {
  try {
    return parseSize(size)
  } catch (error) {
    if (error instanceof DaxError) return null
    throw error
  }
}

/** Where state is kept when nobody says: /var/lib/daxd as root, else the user's state home. */
export function defaultStateDirectory(environment: Environment): string {
  if (process.getuid?.() === 0) return '/var/lib/daxd'
  const home = environment['XDG_STATE_HOME'] ?? join(homedir(), '.local', 'state')
  return join(home, 'daxd')
}

/** @throws UsageError for half a pair, or for what only TLS can do without it. */
function tlsOf(
  settings: z.output<typeof settingsSchema>,
  listen: Listen,
  identities: string | null,
): TlsPaths | null {
  const { 'tls-cert': certificate, 'tls-key': key, 'client-ca': clientCa } = settings
  if (certificate === undefined && key === undefined) {
    if (clientCa === undefined) return null
    throw new UsageError('--client-ca means nothing without --tls-cert FILE and --tls-key FILE.')
  }
  if (certificate === undefined || key === undefined) {
    throw new UsageError('--tls-cert FILE and --tls-key FILE go together.')
  }
  if (listen.kind === 'unix') throw new UsageError('--tls-cert means nothing on a unix socket.')
  if (clientCa !== undefined && identities === null) {
    throw new UsageError('--client-ca means nothing without --identities FILE.')
  }
  return {
    certificate: resolve(certificate),
    key: resolve(key),
    clientCa: clientCa === undefined ? null : resolve(clientCa),
  }
}

const EMULATED_ONLY = ['topology', 'faults'] as const
const KERNEL_ONLY = ['release-default-devices', 'init-labels'] as const

/** A flag that would do nothing is refused: whoever gave it expects something. */
function requireFitting(
  backend: Config['backend'],
  settings: z.output<typeof settingsSchema>,
): void {
  const others = backend === 'kernel' ? EMULATED_ONLY : KERNEL_ONLY
  for (const name of others) {
    if (settings[name] === undefined) continue
    throw new UsageError(`--${name} means nothing with --backend ${backend}.`)
  }
}

function environmentSettings(environment: Environment): Record<string, unknown> {
  const names = [
    ...(['listen', 'state-dir', 'backend', 'log-level', 'token-file', 'faults'] as const),
    ...(['cdi-dir', 'cdi-kind', 'identities', 'tls-cert', 'tls-key', 'client-ca'] as const),
    ...(['wipe-minimum', 'wipe-rate'] as const),
  ]
  const found: Record<string, unknown> = {}
  for (const name of names) {
    const value = environment[variableOf(name)]
    if (value !== undefined && value !== '') found[name] = value
  }
  const topology = environment['DAXD_TOPOLOGY']
  if (topology !== undefined && topology !== '') found['topology'] = topology.split(':')
  return found
}

function variableOf(name: string): string {
  return `DAXD_${name.replaceAll('-', '_').toUpperCase()}`
}

function withoutAbsent(settings: object): object {
  return Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined))
}

function check(settings: unknown, source: string): z.output<typeof settingsSchema> {
  const result = settingsSchema.safeParse(settings ?? {})
  if (result.success) return result.data
  const [issue] = result.error.issues
  const where = issue?.path.length ? ` "${issue.path.join('.')}"` : ''
  throw new UsageError(`The ${source} cannot be used:${where} ${issue?.message ?? 'is wrong'}.`)
}

function readDocument(path: string): unknown {
  try {
    return parse(readFileSync(path, 'utf8'))
  } catch (error) {
    throw new UsageError(`${path} cannot be read: ${(error as Error).message}.`)
  }
}

function readToken(path: string): string {
  let token: string
  try {
    token = readFileSync(path, 'utf8').trim()
  } catch (error) {
    throw new UsageError(`The token file ${path} cannot be read: ${(error as Error).message}.`)
  }
  if (token.length >= TOKEN_LENGTH_MIN) return token
  throw new UsageError(`The token in ${path} is shorter than ${TOKEN_LENGTH_MIN} characters.`)
}
