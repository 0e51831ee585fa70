/** Certificates as people make them: by openssl. */
import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

export interface Issued {
  readonly certificateFile: string
  readonly keyFile: string
  readonly cert: Buffer
  readonly key: Buffer
}

export interface Authority {
  readonly caFile: string
  readonly ca: Buffer
  /** A certificate for `/CN=...`, with alternative names as openssl writes them. */
  issue(name: string, wish?: { subject?: string; names?: string; days?: string }): Issued
}

const KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes']

function openssl(...args: string[]): void {
  execFileSync('openssl', args, { stdio: ['ignore', 'ignore', 'pipe'] })
}

/** An authority of its own, with its files in `directory`. */
export function createAuthority(directory: string, name: string): Authority {
  const caFile = join(directory, `${name}.pem`)
  const caKey = join(directory, `${name}.key`)
  openssl('req', '-x509', ...KEY, '-keyout', caKey, '-out', caFile, '-subj', `/CN=${name}`)
  return {
    caFile,
    ca: readFileSync(caFile),
    issue(leaf, { subject = `/CN=${leaf}`, names, days = '30' } = {}) {
      const file = (end: string): string => join(directory, `${name}-${leaf}.${end}`)
      const [key, request, certificate, extensions] = ['key', 'csr', 'pem', 'ext'].map(file)
      openssl('req', ...KEY, '-keyout', key!, '-out', request!, '-subj', subject)
      writeFileSync(extensions!, names === undefined ? '' : `subjectAltName=${names}\n`)
      openssl(
        ...['x509', '-req', '-in', request!, '-CA', caFile, '-CAkey', caKey, '-CAcreateserial'],
        ...['-days', days, '-extfile', extensions!, '-out', certificate!],
      )
      return {
        certificateFile: certificate!,
        keyFile: key!,
        cert: readFileSync(certificate!),
        key: readFileSync(key!),
      }
    },
  }
}
