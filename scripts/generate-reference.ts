/**
 * Writes the pages of the reference that follow from code: `docs/endpoints.md` and
 * `docs/errors.md`; with `--check` writes nothing and exits 1 when one of them differs.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { z } from 'zod'
import { CODES, type ErrorCode, STATUS_BY_ERRNO } from '../src/core/error-codes.ts'
import { statusOf } from '../src/core/errors.ts'
import { REMEDIES } from '../src/core/remedies.ts'

const DOCS = resolve(import.meta.dirname, '../docs')
const METHODS = ['get', 'post', 'put', 'patch', 'delete'] as const

const parameter = z.object({ name: z.string(), in: z.string(), required: z.boolean().optional() })
const operation = z.object({
  summary: z.string(),
  tags: z.array(z.string()).min(1),
  parameters: z.array(parameter).default([]),
  requestBody: z.object({}).optional(),
  responses: z.record(z.string(), z.object({})),
})
const document = z.object({
  tags: z.array(z.object({ name: z.string(), description: z.string() })),
  paths: z.record(z.string(), z.partialRecord(z.enum(METHODS), operation)),
})
type Operation = z.output<typeof operation>

const { values } = parseArgs({ options: { check: { type: 'boolean', default: false } } })
const pages = { 'endpoints.md': endpointsPage(), 'errors.md': errorsPage() }
for (const [name, text] of Object.entries(pages)) {
  const path = join(DOCS, name)
  if (!values.check) {
    writeFileSync(path, text)
  } else if (read(name) !== text) {
    process.stderr.write(`docs/${name} is not what the code says: npm run reference writes it.\n`)
    process.exitCode = 1
  }
}

/** A page of docs/, empty when there is none. */
function read(name: string): string {
  try {
    return readFileSync(join(DOCS, name), 'utf8')
  } catch {
    return ''
  }
}

/** Every endpoint by what it is about, from the OpenAPI document and the table of rights. */
function endpointsPage(): string {
  const { tags, paths } = document.parse(JSON.parse(read('openapi.json')))
  const rights = rightsByEndpoint()
  const all = Object.entries(paths).flatMap(([path, methods]) =>
    METHODS.flatMap((method) => {
      const found = methods[method]
      return found === undefined ? [] : [{ endpoint: `${method.toUpperCase()} ${path}`, found }]
    }),
  )
  const sections = tags.map(({ name, description }) => {
    const rows = all
      .filter(({ found }) => found.tags[0] === name)
      .map(({ endpoint, found }) => endpointRow(endpoint, found, rights.get(endpoint) ?? ''))
    const head = '| endpoint | what it does | query | answers | who may |\n|---|---|---|---|---|'
    return `## ${name}\n\n${description}\n\n${head}\n${rows.join('\n')}\n`
  })
  return `# Endpoints

Written by \`npm run reference\` from [openapi.json](openapi.json) and [roles.md](roles.md).
All fields with their types are at \`/docs\` of a running daemon. Refusals: [errors.md](errors.md).

- Every POST takes \`Idempotency-Key\`. Every change takes \`If-Match\` and \`daxd-fencing-token\`.
- 202 is an operation under way; \`Prefer: wait=N\` waits for it up to N seconds.
- Lists take \`limit\` (1 to 1,000, default 100) and \`cursor\` (\`next\` of the page before).
- *tenant* is who belongs to one: it sees and changes what is its tenant's alone.

${sections.join('\n')}`
}

function endpointRow(endpoint: string, { summary, parameters, responses }: Operation, who: string) {
  const query = parameters
    .filter((each) => each.in === 'query' && !['limit', 'cursor'].includes(each.name))
    .map(({ name, required }) => (required === true ? `\`${name}\` (needed)` : `\`${name}\``))
  const isList = parameters.some(({ name }) => name === 'cursor')
  const told = [...query, ...(isList ? ['list'] : [])].join(', ')
  const codes = Object.keys(responses).filter((status) => status.startsWith('2'))
  return `| \`${endpoint}\` | ${summary} | ${told} | ${codes.join(', ')} | ${who} |`
}

/** Who may, by endpoint: the page is held to what daxd does by test/tenants/roles.test.ts. */
function rightsByEndpoint(): ReadonlyMap<string, string> {
  const rows = read('roles.md')
    .split('\n')
    .filter((line) => line.startsWith('|'))
    .map((line) =>
      line
        .split('|')
        .map((cell) => cell.trim())
        .slice(1, -1),
    )
  const [head = [], , ...lines] = rows
  const roles = { admin: 'admin', operator: 'operator', viewer: 'viewer', red: 'tenant' }
  const columns = Object.entries(roles).map(([column, role]) => ({
    at: head.indexOf(column),
    role,
  }))
  return new Map(
    lines.map((cells) => {
      const may = columns.filter(({ at }) => cells[at] === 'yes').map(({ role }) => role)
      return [cells[0] ?? '', may.length === columns.length ? 'everybody' : may.join(', ')]
    }),
  )
}

/** Every code in the order of the alphabet, as somebody looks it up who has met it. */
function errorsPage(): string {
  const codes = (Object.keys(CODES) as ErrorCode[]).sort()
  const rows = codes.map((code) => {
    const { errno, title } = CODES[code]
    const shown = errno === null ? '-' : `\`${errno}\``
    return `| \`${code}\` | ${statusOf(code)} | ${shown} | ${title} | ${REMEDIES[code]} |`
  })
  const statuses = Object.entries(STATUS_BY_ERRNO).map(
    ([errno, status]) => `\`${errno}\` ${status}`,
  )
  return `# Errors

Written by \`npm run reference\` from \`src/core/error-codes.ts\` and \`src/core/remedies.ts\`.

A refusal is \`application/problem+json\`: \`code\` is the slug below, stable, for programs to
decide by; \`errno\` the kernel's name for its class; \`detail\` a sentence with the figures of
this case. Where they help there are \`issues\` (\`path\`, \`message\`), \`holders\`,
\`suggested_size\`, \`available_size\`, \`max_available_extent\`, \`retry_after_s\` and
\`failed_index\`. \`type\` is \`urn:daxd:error:<code>\`.

Statuses of errnos, unless the table says otherwise: ${statuses.join(', ')}.

| code | status | errno | what is wrong | what to do |
|---|---|---|---|---|
${rows.join('\n')}
`
}
