import { z } from 'zod'
import { DaxError, type ErrorCode } from '../../core/errors.ts'
import type { Align, Bytes } from '../../core/units.ts'
import type { Memmap } from '../../core/vocabulary.ts'
import type { KernelHost } from './kernel-host.ts'
import type { CommandOutcome } from './run-command.ts'

/** A namespace as `ndctl create-namespace` prints it; more keys are left aside. */
const createdNamespace = z.object({ dev: z.string().regex(/^namespace\d+\.\d+$/) })

export interface NewDevdax {
  readonly region: number
  readonly memmap: Memmap
  readonly size: Bytes
  readonly align: Align
  readonly name: string
  readonly uuid: string
}

type Tool = Pick<KernelHost, 'run' | 'log' | 'timeouts'>

/** The longest name a label holds. Source: include/uapi/linux/ndctl.h `NSLABEL_NAME_LEN`. */
const NAME_MAX_BYTES = 63

/**
 * Makes a devdax namespace, active at once, and gives its name `namespaceR.I`.
 * @throws DaxError `no_space`, `no_such_region`, `misaligned_size`, `backend_failed` and others.
 */
export async function createNamespace(host: Tool, wanted: NewDevdax): Promise<string> {
  const { region, memmap, size, align, name, uuid } = wanted
  const place = ['-r', `region${region}`, '-s', String(size), '-a', String(align)]
  // Names of namespaces may repeat under libnvdimm, so a cut one does no harm.
  const label = Buffer.from(name).subarray(0, NAME_MAX_BYTES).toString()
  const identity = ['-n', label, '-u', uuid]
  const args = ['create-namespace', '-m', 'devdax', '-M', memmap, ...place, ...identity]
  return parseCreated(await ndctl(host, args))
}

/** Writes a new info block for a namespace, which ends active. Its data stay where they are. */
export async function reconfigureNamespace(
  host: Tool,
  wanted: { readonly dev: string; readonly memmap: Memmap; readonly align: Align },
): Promise<string> {
  const { dev, memmap, align } = wanted
  const geometry = ['-m', 'devdax', '-M', memmap, '-a', String(align)]
  return parseCreated(await ndctl(host, ['create-namespace', '-f', '-e', dev, ...geometry]))
}

/** Repeatable. */
export async function enableNamespace(host: Tool, dev: string): Promise<void> {
  await ndctl(host, ['enable-namespace', dev])
}

/** Repeatable. Everybody who has its device open or mapped loses it for good. */
export async function disableNamespace(host: Tool, dev: string): Promise<void> {
  await ndctl(host, ['disable-namespace', dev])
}

/** Frees a disabled namespace. */
export async function destroyNamespace(host: Tool, dev: string): Promise<void> {
  await ndctl(host, ['destroy-namespace', dev])
}

/**
 * Writes empty labels on the DIMMs of a region, which loses all its namespaces.
 * @throws DaxError `busy` while one of them is in use.
 */
export async function initLabels(
  host: Tool,
  wanted: { readonly region: string; readonly namespace: string | null; readonly dimms: string[] },
): Promise<void> {
  const { region, namespace, dimms } = wanted
  // Unlike disable-region this looks whether a file system is mounted.
  if (namespace !== null) await disableNamespace(host, namespace)
  await ndctl(host, ['disable-region', region])
  try {
    await ndctl(host, ['init-labels', '-f', ...dimms])
  } finally {
    await ndctl(host, ['enable-region', region])
  }
}

async function ndctl(host: Tool, args: readonly string[]): Promise<string> {
  const outcome = await host.run('ndctl', args, host.timeouts.ndctlMs)
  if (outcome.kind === 'done') return outcome.stdout
  host.log.warn({ command: 'ndctl', args, outcome }, 'a command failed')
  throw refusalOf(args[0] ?? '', outcome)
}

function parseCreated(stdout: string): string {
  try {
    return createdNamespace.parse(JSON.parse(stdout)).dev
  } catch (error) {
    throw new DaxError('backend_failed', 'ndctl did not print the new namespace.', {}, error)
  }
}

/** What strerror(3) says in the C locale, and what it means when ndctl says it. */
const MEANINGS: readonly (readonly [RegExp, string, ErrorCode])[] = [
  [/is misaligned|must align to interleave-width/, 'EINVAL', 'misaligned_size'],
  [/No space left on device/, 'ENOSPC', 'no_space'],
  [/Device or resource busy|Resource temporarily unavailable|is active/, 'EBUSY', 'busy'],
  [/No such device or address/, 'ENXIO', 'no_such_region'],
  [/Operation not supported/, 'EOPNOTSUPP', 'unsupported'],
  [/Permission denied|Operation not permitted/, 'EACCES', 'backend_failed'],
  [/Invalid argument/, 'EINVAL', 'backend_failed'],
]

function refusalOf(verb: string, outcome: Exclude<CommandOutcome, { kind: 'done' }>): DaxError {
  if (outcome.kind === 'missing') {
    return new DaxError('unsupported', 'Regions of libnvdimm need ndctl; install package ndctl.')
  }
  if (outcome.kind === 'timed-out') {
    return new DaxError('backend_timeout', `ndctl ${verb} did not end in time.`)
  }
  const meaning = MEANINGS.find(([pattern]) => pattern.test(outcome.stderr))
  if (meaning === undefined) return new DaxError('backend_failed', `ndctl ${verb} failed.`)
  const [, errno, code] = meaning
  return new DaxError(code, `ndctl ${verb} was refused (${errno}).`)
}
