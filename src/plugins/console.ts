import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'
import type { FastifyReply, FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'

export const CONSOLE_PATH = '/console'
const PAGE = 'index.html'

/** A file of the console, whole. */
export interface ConsoleFile {
  readonly name: string
  readonly type: string
  readonly body: Buffer
  /** Another for every content. */
  readonly tag: string
}

/** The page talks to daxd alone, runs nothing but its one script, and is shown in no other page. */
const CSP = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  "img-src 'self' data:",
  "frame-ancestors 'none'",
  "base-uri 'none'",
  "form-action 'none'",
].join('; ')

const HEADERS = {
  'content-security-policy': CSP,
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  // Kept, but asked for each time: an upgrade of daxd shows at once, and else it is a 304.
  'cache-control': 'no-cache',
  vary: 'accept-encoding',
}

const CODINGS = {
  br: promisify((body: Buffer, done: (error: Error | null, result: Buffer) => void) =>
    brotliCompress(body, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }, done),
  ),
  gzip: promisify((body: Buffer, done: (error: Error | null, result: Buffer) => void) =>
    gzip(body, { level: 9 }, done),
  ),
}
type Coding = keyof typeof CODINGS

/**
 * The console, for people, at `/console`: files that stand in memory, compressed when they are
 * first asked for so. Nothing of the request decides which file is read.
 */
export const consolePages = fp<{ readonly files: readonly ConsoleFile[] }>(
  async (app, { files }) => {
    for (const file of files) {
      const send = createSender(file)
      const paths = file.name === PAGE ? ['', '/'] : [`/${file.name}`]
      for (const path of paths) {
        app.get(`${CONSOLE_PATH}${path}`, { schema: { hide: true } }, send)
      }
    }
  },
  { name: 'daxd-console', fastify: '5.x' },
)

function createSender({ type, body, tag }: ConsoleFile) {
  const coded = new Map<Coding, Promise<Buffer>>()
  const inCoding = (coding: Coding): Promise<Buffer> => {
    const known = coded.get(coding) ?? CODINGS[coding](body)
    coded.set(coding, known)
    return known
  }
  return async (request: FastifyRequest, reply: FastifyReply) => {
    const coding = codingFor(request.headers['accept-encoding'])
    const etag = `"${tag}${coding === null ? '' : `-${coding}`}"`
    reply.headers({ ...HEADERS, etag })
    if (isKnown(request.headers['if-none-match'], etag)) return reply.code(304).send()
    if (coding === null) return reply.type(type).send(body)
    return reply
      .type(type)
      .header('content-encoding', coding)
      .send(await inCoding(coding))
  }
}

/** The best coding that the client takes; one with `q=0` it does not. */
function codingFor(accepted: string | undefined): Coding | null {
  const wanted = (accepted ?? '').split(',').flatMap((part) => {
    const [name = '', ...parameters] = part.split(';').map((text) => text.trim().toLowerCase())
    return parameters.some((parameter) => /^q=0(?:\.0*)?$/.test(parameter)) ? [] : [name]
  })
  if (wanted.includes('br')) return 'br'
  return wanted.includes('gzip') ? 'gzip' : null
}

function isKnown(tags: string | undefined, etag: string): boolean {
  if (tags === undefined) return false
  return tags
    .split(',')
    .some((tag) => tag.trim().replace(/^W\//, '') === etag || tag.trim() === '*')
}
