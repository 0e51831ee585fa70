import { timingSafeEqual } from 'node:crypto'
import type { Recognised, Recognition } from '../ports/authenticator.ts'
import { endOf, parseTokens, type TokenRecord } from './token-records.ts'
import { idOfToken } from './token-text.ts'
import { wrong } from './unrecognised.ts'
import { type WatchedFile, type WatchedFileOptions, watchFile } from './watched-file.ts'

const DIGEST_BYTES = 32
/** From this lifetime on somebody should hear of a token's end before it comes: 30 days. */
const LONG_LIVED_MS = 30 * 86_400_000
/** What an unknown id is compared with, so that it costs what a known one does. */
const NO_DIGEST = Buffer.alloc(DIGEST_BYTES)

/** The tokens of the state directory, as the file has them now. */
export interface KnownTokens {
  /** Whose this token is; `digest` is that of the text. */
  recognise(text: string, digest: Buffer): Recognition
  /** There are tokens, be they ended, so callers are asked for credentials. */
  isInUse(): boolean
  figures(): TokenFigures
  problem(): string | null
}

export interface TokenFigures {
  readonly valid: number
  readonly expired: number
  readonly revoked: number
  /**
   * When the first of the valid ones ends, milliseconds since the epoch; null for never. Those made
   * for a short time are meant to end, and are left out.
   */
  readonly nextEndMs: number | null
}

interface Row {
  readonly record: TokenRecord
  readonly digest: Buffer
}

type Rows = ReadonlyMap<string, Row>

/** @throws DaxError `malformed` when the file is there and cannot be used. */
export function openKnownTokens(
  options: Pick<WatchedFileOptions<Rows>, 'path' | 'log'>,
): KnownTokens {
  const file: WatchedFile<Rows> = watchFile({ ...options, absent: new Map(), parse: rowsOf })
  return {
    recognise(text, digest) {
      const row = file.current().get(idOfToken(text) ?? '')
      const isRight = timingSafeEqual(digest, row?.digest ?? NO_DIGEST)
      if (row === undefined || !isRight) return wrong('no such token')
      const { id } = row.record
      const end = endOf(row.record, Date.now())
      // Who shows the right secret may know that it was one.
      if (end !== null) return wrong(`token ${id} is ${end}`, `The token is ${end}.`)
      return recognised(file, row.record)
    },
    isInUse: () => file.current().size > 0,
    figures: () => figuresOf([...file.current().values()], Date.now()),
    problem: file.problem,
  }
}

function figuresOf(rows: readonly Row[], nowMs: number): TokenFigures {
  const counts = { valid: 0, expired: 0, revoked: 0 }
  let nextEndMs: number | null = null
  for (const { record } of rows) {
    const end = endOf(record, nowMs)
    counts[end ?? 'valid'] += 1
    if (end !== null || record.expires_at === null) continue
    const endMs = Date.parse(record.expires_at)
    if (endMs - Date.parse(record.created_at) < LONG_LIVED_MS) continue
    nextEndMs = Math.min(endMs, nextEndMs ?? Number.POSITIVE_INFINITY)
  }
  return { ...counts, nextEndMs }
}

function rowsOf(text: string): Rows {
  return new Map(
    parseTokens(text).map((record) => {
      return [record.id, { record, digest: Buffer.from(record.sha256, 'hex') }]
    }),
  )
}

function recognised(
  file: WatchedFile<Rows>,
  { id, sha256, name, role, tenant }: TokenRecord,
): Recognised {
  return {
    principal: { name, role, tenant, via: 'token' },
    isStill() {
      const record = file.current().get(id)?.record
      if (record === undefined || record.sha256 !== sha256) return false
      return record.role === role && record.tenant === tenant && endOf(record, Date.now()) === null
    },
  }
}
