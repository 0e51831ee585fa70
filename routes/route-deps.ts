import type { Services } from '../src/services/services.ts'
import type { Responder } from './respond.ts'

/** What every group of routes is made of. */
export interface RouteDeps {
  readonly services: Services
  readonly responder: Responder
}
