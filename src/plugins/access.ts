import type { FastifyRequest, RouteOptions } from 'fastify'
import fp from 'fastify-plugin'
import { DaxError } from '../core/errors.ts'
import { invariant } from '../core/invariant.ts'
import { type Action, grantOf, isAction } from '../core/policy.ts'
import type { Principal } from '../core/principal.ts'
import { type Denial, denialOf } from '../core/withheld.ts'
import { isPublicPath } from './public-paths.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** What a caller must be allowed to; without it the first tag and the method say so. */
    readonly access?: Action
  }
  interface FastifyRequest {
    /** Who asks. */
    principal: Principal
  }
}

/** Told of each refusal for lack of rights, be it told as if there were nothing to refuse. */
export type OnDenied = (request: FastifyRequest, action: Action, denial: Denial) => void

const READ_METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD'])
/** The reference's pages declare nothing of their own. */
const REFERENCE_PATH = /^\/docs(?:\/|$)/

/**
 * Lets nobody do what the policy does not grant, before a body is read. A route that belongs to no
 * action is a defect that ends the start: nobody could say who may use it.
 */
export const access = fp<{ readonly onDenied?: OnDenied }>(
  async (app, { onDenied }) => {
    const actions = new Map<string, Action>()
    app.addHook('onRoute', (route) => {
      if (isPublicPath(route.url)) return
      for (const method of [route.method].flat()) {
        actions.set(keyOf(method, route.url), actionOf(route, method))
      }
    })
    app.addHook('onRequest', (request, _reply, done) => {
      const { method, routeOptions, principal } = request
      // A path that is nowhere is answered as such, whoever asks; probes are everybody's.
      const action = actions.get(keyOf(method, routeOptions.url ?? ''))
      if (action === undefined || grantOf(principal, action) !== 'none') return done()
      done(denied(principal, action))
    })
    // What a route's own work refuses comes by here, too.
    app.addHook('onError', (request, _reply, error, done) => {
      const denial = denialOf(error)
      const action = actions.get(keyOf(request.method, request.routeOptions.url ?? ''))
      if (denial !== null && action !== undefined) onDenied?.(request, action, denial)
      done()
    })
  },
  { name: 'daxd-access', fastify: '5.x', dependencies: ['daxd-auth'] },
)

/** The refusal of an action, which tells what is missing and nothing of any object. */
function denied({ name, role, tenant }: Principal, action: Action): DaxError {
  const who = tenant === null ? `${role} ${name}` : `${role} ${name} of tenant ${tenant}`
  return new DaxError('forbidden', `${who} may not do ${action}.`)
}

function keyOf(method: string, url: string): string {
  return `${method} ${url}`
}

function actionOf({ url, schema, config }: RouteOptions, method: string): Action {
  if (config?.access !== undefined) return config.access
  if (REFERENCE_PATH.test(url)) return 'service:read'
  const { tags = [] } = (schema ?? {}) as { readonly tags?: readonly string[] }
  const action = `${tags[0]}:${READ_METHODS.has(method) ? 'read' : 'change'}`
  invariant(isAction(action), 'a route belongs to an action of the policy', `${method} ${url}`)
  return action
}
