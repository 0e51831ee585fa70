import { readFile } from 'node:fs/promises'
import type { IncomingMessage } from 'node:http'
import { get } from 'node:https'
import { checkShape } from './check-shape.ts'
import { jwksDocument } from './jwks-document.ts'

const BODY_MAX_BYTES = 1024 * 1024

/** What is asked of an issuer. */
export interface KeysRequest {
  readonly url: string
  readonly headers: Headers
  /** Ends the wait. */
  readonly signal: AbortSignal
  /** Authorities for this issuer alone (PEM); without it, those of the system. */
  readonly caFile: string | undefined
  /** A bearer token for it, read anew each time, since such tokens are rotated. */
  readonly tokenFile: string | undefined
}

/**
 * Fetches a key set within bounds. Node's own fetch cannot be given authorities of its own, and
 * clusters have theirs.
 * @throws Error for an answer that is none, is too long, or holds no keys.
 */
export async function fetchKeys(request: KeysRequest): Promise<Response> {
  const { url, headers, signal, caFile, tokenFile } = request
  const ca = caFile === undefined ? undefined : await readFile(caFile)
  const token = tokenFile === undefined ? undefined : (await readFile(tokenFile, 'utf8')).trim()
  const sent = {
    ...Object.fromEntries(headers),
    ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
  }
  const options = { headers: sent, signal, agent: false, ...(ca === undefined ? {} : { ca }) }
  const answer = await new Promise<IncomingMessage>((resolve, reject) => {
    get(url, options, resolve).once('error', reject)
  })
  if (answer.statusCode !== 200) {
    answer.destroy()
    throw new Error(`the issuer answers ${answer.statusCode}`)
  }
  const text = await readBounded(answer)
  checkShape(jwksDocument, JSON.parse(text))
  return new Response(text, { status: 200 })
}

async function readBounded(answer: IncomingMessage): Promise<string> {
  const parts: Buffer[] = []
  let length = 0
  for await (const part of answer as AsyncIterable<Buffer>) {
    length += part.length
    if (length > BODY_MAX_BYTES) {
      answer.destroy()
      throw new Error(`the issuer answers more than ${BODY_MAX_BYTES} bytes`)
    }
    parts.push(part)
  }
  return Buffer.concat(parts).toString('utf8')
}
