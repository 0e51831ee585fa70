/** A whole daemon with two tenants, red and blue, and somebody of every role. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { pino } from 'pino'
import { onTestFinished } from 'vitest'
import { readConfig, type Settings } from '../../../src/config.ts'
import type { Role } from '../../../src/core/principal.ts'
import { createToken } from '../../../src/identity/token-file.ts'
import { startDaemon } from '../../../src/serve.ts'

const PEOPLE = {
  admin: ['admin', null],
  operator: ['operator', null],
  viewer: ['viewer', null],
  red: ['tenant', 'red'],
  'red-viewer': ['viewer', 'red'],
  'red-admin': ['admin', 'red'],
  blue: ['tenant', 'blue'],
} as const satisfies Record<string, readonly [Role, string | null]>

export type Person = keyof typeof PEOPLE
export const EVERYBODY = Object.keys(PEOPLE) as Person[]

/** What a person's principal is, but for its name. */
function roleOf(person: Person): { readonly role: Role; readonly tenant: string | null } {
  const [role, tenant] = PEOPLE[person]
  return { role, tenant }
}

export interface Answer {
  readonly status: number
  // biome-ignore lint/suspicious/noExplicitAny: a test reads what the wire carries
  readonly body: any
}

/** What somebody shows who is none of the people above. */
export interface Bearer {
  readonly token: string
}

/** Longer than a daemon takes to see a new token. */
const TOKEN_SEEN_MS = 300

export interface TenantDaemon {
  readonly url: string
  /** By a person, or by whoever has a token of {@link newToken}. */
  ask(
    who: Person | Bearer,
    method: string,
    path: string,
    body?: object,
    headers?: Readonly<Record<string, string>>,
  ): Promise<Answer>
  /** The same, and its body; throws for any refusal. */
  ok(
    who: Person | Bearer,
    method: string,
    path: string,
    body?: object,
    headers?: Readonly<Record<string, string>>,
  ): Promise<Answer['body']>
  bearer(person: Person): string
  /** A token of this name, which others may have, too. */
  newToken(name: string, role: Role, tenant: string | null): Promise<Bearer>
}

/** Starts it; red and blue are defined with these quotas. */
export async function startTenantDaemon(
  quotas: Readonly<Partial<Record<'red' | 'blue', object>>> = {},
  flags: Settings = {},
): Promise<TenantDaemon> {
  const directory = mkdtempSync(join(tmpdir(), 'daxd-tenants-'))
  const wish = { lifeMs: null, note: '' }
  const tokens = new Map(
    EVERYBODY.map((name) => [
      name,
      createToken(directory, { name, ...roleOf(name), ...wish }).text,
    ]),
  )
  const config = readConfig({ 'state-dir': directory, listen: '127.0.0.1:0', ...flags }, {})
  const daemon = await startDaemon(config, pino({ level: 'silent' }), '0.0.0-test')
  onTestFinished(async () => {
    await daemon.close()
    rmSync(directory, { recursive: true, force: true })
  })
  const url = await daemon.app.listen({ host: '127.0.0.1', port: 0 })
  const bearer = (person: Person): string => tokens.get(person) ?? ''
  const ask: TenantDaemon['ask'] = async (who, method, path, body, headers = {}) => {
    const answer = await fetch(`${url}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${typeof who === 'string' ? bearer(who) : who.token}`,
        prefer: 'wait=60',
        accept: 'application/json',
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const text = await answer.text()
    const isJson = /json/.test(answer.headers.get('content-type') ?? '')
    return { status: answer.status, body: isJson ? JSON.parse(text) : text }
  }
  const ok: TenantDaemon['ok'] = async (who, method, path, body, headers) => {
    const answer = await ask(who, method, path, body, headers)
    if (answer.status < 300) return answer.body
    const name = typeof who === 'string' ? who : 'somebody'
    throw new Error(`${name}: ${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`)
  }
  for (const name of ['red', 'blue'] as const) {
    await ok('admin', 'PUT', `/v1/tenants/${name}`, { quota: quotas[name] ?? {} })
  }
  async function newToken(name: string, role: Role, tenant: string | null): Promise<Bearer> {
    const { text: token } = createToken(directory, { name, role, tenant, ...wish })
    await sleep(TOKEN_SEEN_MS)
    return { token }
  }
  return { url, ask, ok, bearer, newToken }
}
