/** Every endpoint as every role, beside the table that is the documentation. */
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { EVERYBODY, type Person, startTenantDaemon } from './support/tenant-daemon.ts'

const TABLE = new URL('../../docs/roles.md', import.meta.url)
const METHODS = ['get', 'post', 'put', 'patch', 'delete'] as const
/** Who may not is told so before anything is looked at, so no object has to be there. */
const NOWHERE: Readonly<Record<string, string>> = { chardev: 'dax9.9', id: '999', name: 'red.none' }

interface Row {
  readonly method: string
  readonly path: string
}

test('who may do what is as docs/roles.md says, for every endpoint and role', async () => {
  const daemon = await startTenantDaemon()
  const document = await daemon.ok('admin', 'GET', '/openapi.json')
  const rows: Row[] = Object.entries(document.paths).flatMap(([path, methods]) =>
    METHODS.filter((method) => method in (methods as object)).map((method) => ({ method, path })),
  )
  const lines: string[] = []
  for (const { method, path } of rows.sort((a, b) => a.path.localeCompare(b.path))) {
    const cells: string[] = []
    for (const person of EVERYBODY) cells.push(await cell(daemon, person, method, path))
    lines.push(`| ${method.toUpperCase()} ${path} | ${cells.join(' | ')} |`)
  }
  const head = `| endpoint | ${EVERYBODY.join(' | ')} |`
  const rule = `|---|${EVERYBODY.map(() => '---').join('|')}|`
  const told = readFileSync(TABLE, 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('|'))
  expect([head, rule, ...lines]).toEqual(told)
})

async function cell(
  daemon: Awaited<ReturnType<typeof startTenantDaemon>>,
  person: Person,
  method: string,
  path: string,
): Promise<string> {
  const url = path.replaceAll(/\{(\w+)\}/g, (_all, name: string) => NOWHERE[name] ?? '0')
  const body = ['post', 'put', 'patch'].includes(method) ? { unknown: true } : undefined
  const { status, body: problem } = await daemon.ask(person, method.toUpperCase(), url, body)
  if (status === 401) return '401'
  return status === 403 && problem.code === 'forbidden' ? '-' : 'yes'
}

test('without credentials there is nothing but the probes', async () => {
  const daemon = await startTenantDaemon()
  const statuses = await Promise.all(
    ['/livez', '/readyz', '/v1/regions', '/metrics', '/openapi.json', '/docs/', '/nowhere'].map(
      async (path) => [path, (await fetch(`${daemon.url}${path}`)).status],
    ),
  )
  expect(Object.fromEntries(statuses)).toEqual({
    '/livez': 200,
    '/readyz': 200,
    '/v1/regions': 401,
    '/metrics': 401,
    '/openapi.json': 401,
    '/docs/': 401,
    '/nowhere': 401,
  })
})
