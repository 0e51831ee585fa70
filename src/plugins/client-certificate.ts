import type { Socket } from 'node:net'
import { type DetailedPeerCertificate, type PeerCertificate, TLSSocket } from 'node:tls'
import type { ClientCertificate } from '../ports/authenticator.ts'

/** One alternative name: its kind, and its value, in quotes as JSON where it could mislead. */
const ALTERNATIVE_NAME = /([A-Za-z ]+):("(?:[^"\\]|\\.)*"|[^",]*)(?:, |$)/y

const seen = new WeakMap<Socket, ClientCertificate | null>()

/** The certificate that the client of a connection has shown, null for none. */
export function certificateOf(socket: Socket): ClientCertificate | null {
  if (!(socket instanceof TLSSocket)) return null
  let certificate = seen.get(socket)
  if (certificate === undefined) {
    certificate = read(socket)
    seen.set(socket, certificate)
  }
  return certificate
}

function read(socket: TLSSocket): ClientCertificate | null {
  const peer: PeerCertificate | DetailedPeerCertificate | null = socket.getPeerCertificate()
  // Without a certificate Node answers an empty object.
  if (peer === null || peer.valid_to === undefined) return null
  const names = alternativeNames(peer.subjectaltname ?? '')
  const of = (kind: string): string[] => names.flatMap(([is, value]) => (is === kind ? value : []))
  const commonName: unknown = peer.subject?.CN
  return {
    isTrusted: socket.authorized,
    commonName: typeof commonName === 'string' ? commonName : null,
    uris: of('URI'),
    dnsNames: of('DNS'),
    notAfterMs: Date.parse(peer.valid_to),
  }
}

/**
 * The names of a certificate as Node writes them: `DNS:a, URI:b`. Values with a comma or a quote
 * are quoted, so that none can pass for two; a text that is not of this form has no names.
 */
export function alternativeNames(text: string): readonly (readonly [string, string])[] {
  const names: [string, string][] = []
  ALTERNATIVE_NAME.lastIndex = 0
  let at = 0
  while (at < text.length) {
    const match = ALTERNATIVE_NAME.exec(text)
    if (match === null) return []
    const [, kind = '', value = ''] = match
    at = ALTERNATIVE_NAME.lastIndex
    names.push([kind, value.startsWith('"') ? String(JSON.parse(value)) : value])
  }
  return names
}
