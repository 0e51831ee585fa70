import { X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createSecureContext } from 'node:tls'
import { DaxError } from '../core/errors.ts'
import type { Log } from '../ports/log.ts'
import { fileStamp } from './file-stamp.ts'

/** How often the files are looked at. */
const LOOK_INTERVAL_MS = 1000

/** Where certificate and key of the service are, and whose client certificates it trusts (PEM). */
export interface TlsPaths {
  readonly certificate: string
  readonly key: string
  readonly clientCa: string | null
}

/** What the files hold, checked to go together. */
export interface TlsMaterial {
  readonly cert: Buffer
  readonly key: Buffer
  readonly ca?: Buffer
}

/** The files as they change. */
export interface TlsFiles {
  material(): TlsMaterial
  /** Is called with each new and good material; connections that are open go on. */
  onChange(apply: (material: TlsMaterial) => void): void
  /** Why the files on the disk are not used, null while they are. */
  problem(): string | null
  /** When the certificate in force ends, milliseconds since the epoch. */
  endsMs(): number
  close(): void
}

/**
 * Reads the files, and again when they have changed and then rested for one look, since certificate
 * and key are two. What does not go together is logged and leaves the old ones in force.
 * @throws DaxError `malformed` when they cannot be used from the start.
 */
export function openTlsFiles(paths: TlsPaths, log: Log): TlsFiles {
  let material = load(paths)
  let endsMs = endOf(material)
  warnOfDates(material, paths, log)
  let applied = stampOf(paths)
  let lastSeen = applied
  let problem: string | null = null
  const appliers: ((material: TlsMaterial) => void)[] = []

  function look(): void {
    const stamp = stampOf(paths)
    const hasRested = stamp === lastSeen
    lastSeen = stamp
    if (stamp === applied || !hasRested) return
    applied = stamp
    try {
      material = load(paths)
      endsMs = endOf(material)
      for (const apply of appliers) apply(material)
      problem = null
      log.info({ certificate: paths.certificate }, 'certificate read anew')
      warnOfDates(material, paths, log)
    } catch (error) {
      problem = error instanceof Error ? error.message : String(error)
      log.error({ reason: problem }, 'new certificate cannot be used: the old one stays')
    }
  }

  const looks = setInterval(look, LOOK_INTERVAL_MS).unref()
  return {
    material: () => material,
    onChange: (apply) => void appliers.push(apply),
    problem: () => problem,
    endsMs: () => endsMs,
    close: () => clearInterval(looks),
  }
}

function load({ certificate, key, clientCa }: TlsPaths): TlsMaterial {
  const files = [certificate, key, ...(clientCa === null ? [] : [clientCa])]
  try {
    const material = {
      cert: readFileSync(certificate),
      key: readFileSync(key),
      ...(clientCa === null ? {} : { ca: readFileSync(clientCa) }),
    }
    // Throws for what is no PEM, and for a key of another certificate.
    createSecureContext(material)
    if (material.ca !== undefined) new X509Certificate(material.ca)
    return material
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new DaxError('malformed', `${files.join(', ')} cannot be used: ${reason}.`, {}, error)
  }
}

function endOf({ cert }: TlsMaterial): number {
  return Date.parse(new X509Certificate(cert).validTo)
}

function warnOfDates({ cert }: TlsMaterial, { certificate }: TlsPaths, log: Log): void {
  const { validFrom, validTo } = new X509Certificate(cert)
  const now = Date.now()
  if (Date.parse(validFrom) <= now && now < Date.parse(validTo)) return
  log.warn({ certificate, valid_from: validFrom, valid_to: validTo }, 'certificate is out of date')
}

function stampOf({ certificate, key, clientCa }: TlsPaths): string {
  return [certificate, key, ...(clientCa === null ? [] : [clientCa])].map(fileStamp).join('; ')
}
