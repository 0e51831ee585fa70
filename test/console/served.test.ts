/** The console as a browser gets it from a daemon. */
import { readFileSync } from 'node:fs'
import { request } from 'node:http'
import { resolve } from 'node:path'
import { brotliDecompressSync, gunzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { readConsoleFiles } from '../../src/console-files.ts'
import { startTestDaemon } from '../support/start-test-daemon.ts'
import { startTenantDaemon } from '../tenants/support/tenant-daemon.ts'

const DIST = resolve(import.meta.dirname, '../../console/dist')
/** What issue 7 allows for all of it, compressed. */
const COMPRESSED_BYTES_MAX = 150_000

const FILES = [
  ['/console', 'index.html', 'text/html; charset=utf-8'],
  ['/console/', 'index.html', 'text/html; charset=utf-8'],
  ['/console/console.js', 'console.js', 'text/javascript; charset=utf-8'],
  ['/console/console.css', 'console.css', 'text/css; charset=utf-8'],
  ['/console/icon.svg', 'icon.svg', 'image/svg+xml'],
] as const

/** As it came over the wire, not decoded. */
function raw(url: string, headers: Record<string, string>) {
  return new Promise<{ status: number; headers: Record<string, unknown>; body: Buffer }>(
    (done, failed) => {
      request(url, { headers }, (answer) => {
        const chunks: Buffer[] = []
        answer.on('data', (chunk: Buffer) => chunks.push(chunk))
        answer.on('end', () => {
          const { statusCode: status = 0, headers } = answer
          done({ status, headers, body: Buffer.concat(chunks) })
        })
      })
        .on('error', failed)
        .end()
    },
  )
}

test('every file is the committed one, whole, compressed or not, with the type it has', async () => {
  const { url } = await startTestDaemon()
  for (const [path, name, type] of FILES) {
    const plain = readFileSync(resolve(DIST, name))
    const asIs = await raw(url + path, {})
    expect([asIs.status, asIs.headers['content-type'], asIs.body]).toEqual([200, type, plain])
    const brotli = await raw(url + path, { 'accept-encoding': 'gzip, deflate, br' })
    expect(brotli.headers['content-encoding']).toBe('br')
    expect(brotliDecompressSync(brotli.body)).toEqual(plain)
    const gzip = await raw(url + path, { 'accept-encoding': 'gzip, br;q=0' })
    expect(gzip.headers['content-encoding']).toBe('gzip')
    expect(gunzipSync(gzip.body)).toEqual(plain)
  }
})

test('all of it is below 150 kB compressed', async () => {
  const { url } = await startTestDaemon()
  const paths = FILES.filter(([path]) => path !== '/console/').map(([path]) => path)
  let bytes = 0
  for (const path of paths) {
    bytes += (await raw(url + path, { 'accept-encoding': 'gzip' })).body.length
  }
  expect(bytes).toBeGreaterThan(1000)
  expect(bytes).toBeLessThan(COMPRESSED_BYTES_MAX)
})

test('the page may run its own script and ask daxd, and nothing else', async () => {
  const { url } = await startTestDaemon()
  for (const [path] of FILES) {
    const { headers } = await raw(url + path, {})
    expect(headers).toMatchObject({
      'content-security-policy':
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; " +
        "img-src 'self' data:; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-resource-policy': 'same-origin',
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
      'cache-control': 'no-cache',
      vary: 'accept-encoding',
    })
  }
})

test('what a browser has already is not sent again, unless it is another', async () => {
  const { url } = await startTestDaemon()
  const first = await raw(`${url}/console/console.js`, { 'accept-encoding': 'br' })
  const etag = String(first.headers['etag'])
  const ask = (tag: string, coding = 'br') =>
    raw(`${url}/console/console.js`, { 'accept-encoding': coding, 'if-none-match': tag })
  const answers = [
    await ask(etag),
    await ask(`W/${etag}`),
    await ask('"other"'),
    await ask(etag, ''),
  ]
  expect(answers.map(({ status, body }) => [status, body.length > 0])).toEqual([
    [304, false],
    [304, false],
    [200, true],
    [200, true],
  ])
})

test('it is served to who has no credentials yet, the API is not', async () => {
  const { url } = await startTenantDaemon()
  const answers = await Promise.all(
    ['/console', '/console/console.js', '/v1/regions', '/v1/whoami'].map((path) =>
      raw(url + path, {}),
    ),
  )
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 401, 401])
})

test('there is nothing else below it, whatever the path looks like', async () => {
  const { ask } = await startTestDaemon()
  const paths = ['/console/main.ts', '/console/../package.json', '/console/%2e%2e/package.json']
  for (const path of paths) expect((await ask('get', path)).status).toBe(404)
  expect((await ask('post', '/console')).status).toBe(405)
})

test('where the console is not installed daxd is told so, and goes without', () => {
  expect(readConsoleFiles('/nowhere')).toBeNull()
  expect(readConsoleFiles()?.map(({ name }) => name)).toEqual([
    'index.html',
    'console.js',
    'console.css',
    'icon.svg',
  ])
})
