import type { Api, Ask, Method } from '../../support/api.ts'

/** Calls that daxd answers with 202 where the host is slow, which an emulated machine is. */
const WAITED: readonly (readonly [Method, RegExp])[] = [
  ['post', /^\/v1\/namespaces$/],
  ['put', /^\/v1\/claims\/[^/]+$/],
  ['delete', /^\/v1\/(?:claims|devices|namespaces)\/[^/?]+(?:\?if_busy=re\w+)?$/],
]

/** Usually a second or two; less than a test's own time limit. */
const PATIENCE = 'wait=240'

/** The same calls, waited for as long as the guest takes; a drain is answered 202 as ever. */
export function patientApi(api: Api): Api {
  const ask: Api['ask'] = (method, path, given) =>
    api.ask(method, path, waiting(method, path, given))
  const ok: Api['ok'] = (method, path, status, given) =>
    api.ok(method, path, status, waiting(method, path, given))
  return {
    ask,
    ok,
    get: api.get,
    make: (path, body) => ok('post', path, 201, { body }),
    act: (path, body) => ok('post', path, 200, body === undefined ? {} : { body }),
    remove: async (path) => void (await ok('delete', path, 204)),
  }
}

function waiting(method: Method, path: string, given: Ask = {}): Ask {
  const isWaited = WAITED.some(([verb, pattern]) => verb === method && pattern.test(path))
  return isWaited ? { ...given, headers: { prefer: PATIENCE, ...given.headers } } : given
}
