import type { Errno } from '../core/error-codes.ts'

/** How a call of the command line ended, for scripts: one number for each class of ends. */
export const EXIT = {
  done: { code: 0, meaning: 'done' },
  no: { code: 1, meaning: 'a plain no: nothing had to be done, or there are differences' },
  usage: { code: 2, meaning: 'the call itself is wrong: an option, a size, a file, a body' },
  refused: { code: 3, meaning: 'what was asked for cannot be: an align, a size, a place, a mode' },
  notFound: { code: 4, meaning: 'there is no such object, or it is not yours to see' },
  busy: { code: 5, meaning: 'somebody uses it; the holders are named' },
  noSpace: { code: 6, meaning: 'no room, or the quota or the share is used up' },
  exists: { code: 7, meaning: 'the name is taken by another request, or the object has changed' },
  denied: { code: 8, meaning: 'the credentials are missing, wrong, or do not suffice' },
  unreachable: { code: 9, meaning: 'no daemon answers there' },
  overloaded: { code: 10, meaning: 'the daemon has too much to do or is stopping; try again' },
  gone: { code: 11, meaning: 'it was, and is over: a generation, a lease, an event, a token' },
  disabled: { code: 12, meaning: 'the device is not enabled, or has no memory' },
  failed: { code: 13, meaning: 'the host or the daemon failed' },
  interrupted: { code: 130, meaning: 'Ctrl-C while waiting; the daemon goes on' },
} as const satisfies Record<string, { readonly code: number; readonly meaning: string }>

/** A class of ends, by its name. */
export type ExitClass = keyof typeof EXIT

const BY_ERRNO = {
  EINVAL: 'refused',
  EACCES: 'denied',
  EPERM: 'denied',
  ENOENT: 'notFound',
  EBUSY: 'busy',
  EEXIST: 'exists',
  ENXIO: 'disabled',
  ETIMEDOUT: 'busy',
  SIGBUS: 'gone',
  ESTALE: 'gone',
  EOVERFLOW: 'refused',
  ENOSPC: 'noSpace',
  EOPNOTSUPP: 'refused',
  EIO: 'failed',
  EAGAIN: 'overloaded',
  ECANCELED: 'refused',
} as const satisfies Record<Errno, ExitClass>

const BY_STATUS: Readonly<Record<number, ExitClass>> = {
  400: 'usage',
  401: 'denied',
  403: 'denied',
  404: 'notFound',
  409: 'busy',
  410: 'gone',
  412: 'exists',
  413: 'usage',
  415: 'usage',
  422: 'exists',
  429: 'overloaded',
  503: 'overloaded',
}

/** What a refusal is, as far as its class goes. */
interface Refusal {
  readonly status: number
  readonly errno?: string | undefined
}

/** The class of a refusal by the daemon: what is malformed first, then by errno, then by status. */
export function exitClassOf({ status, errno }: Refusal): ExitClass {
  if (status === 400) return 'usage'
  if (errno !== undefined && Object.hasOwn(BY_ERRNO, errno)) return BY_ERRNO[errno as Errno]
  return BY_STATUS[status] ?? 'failed'
}
