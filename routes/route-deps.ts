import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import type { Services } from '../src/services/services.ts'
import type { Responder } from './respond.ts'

/** What every group of routes is made of. */
export interface RouteDeps {
  readonly services: Services
  readonly responder: Responder
}

/** The app as a group of routes sees it, with types inferred from the zod schemas. */
export type ZodApp = Parameters<FastifyPluginAsyncZod>[0]
