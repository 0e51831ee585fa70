import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import {
  changeHeaders,
  type DeviceListQuery,
  type DeviceUsersView,
  deviceDisable,
  deviceListQuery,
  devicePage,
  deviceParams,
  deviceQuery,
  deviceView as deviceSchema,
  deviceUsersQuery,
  deviceUsersView,
  emptyBody,
  emptyQuery,
  operationView as operationSchema,
  postHeaders,
  releaseView,
  removalQuery,
  withContract,
} from '../schemas/index.ts'
import type { DeviceRecord } from '../src/core/model.ts'
import { holdersToldTo } from '../src/core/told-holders.ts'
import type { Disabled } from '../src/services/device-lifecycle.ts'
import { isIdle } from '../src/services/device-records.ts'
import { ledgerHolders } from '../src/services/holders.ts'
import { canSee, needOwnDevice } from '../src/services/ownership.ts'
import { removalOf } from './inputs.ts'
import { pageOf } from './pages.ts'
import { releaseSpec } from './releases.ts'
import { type AnswerSpec, objectHeaders } from './respond.ts'
import type { RouteDeps, ZodApp } from './route-deps.ts'
import { userViews } from './view-parts.ts'
import { deviceView } from './views.ts'

const tags: ['devices'] = ['devices']

/** Holders shown in one answer at most; the listings of handles and mappings have them all. */
const HOLDERS_SHOWN_MAX = 1000

const enabled: AnswerSpec<DeviceRecord> = {
  status: () => 200,
  view: deviceView,
  headers: (device) => objectHeaders(device.revision),
}

function disabledSpec(alwaysLong: boolean): AnswerSpec<Disabled> {
  return {
    status: () => 200,
    view: ({ device, revoked }, state) =>
      revoked === null ? deviceView(device, state) : { ...deviceView(device, state), revoked },
    headers: ({ device }) => objectHeaders(device.revision),
    alwaysLong,
  }
}

/** Removed devices and empty slots are shown only to those who ask for them. */
function picks(query: DeviceListQuery): (device: DeviceRecord) => boolean {
  const { region, namespace, state, idle = false } = query
  return (device) =>
    (region === undefined || region === device.region) &&
    (namespace === undefined || namespace === device.namespace) &&
    (state === undefined ? device.life.state !== 'removed' : device.life.state === state) &&
    (idle || !isIdle(device))
}

/** Devices: live state, who uses them, enabling and disabling. */
export function deviceRoutes(deps: RouteDeps): FastifyPluginAsyncZod {
  return async (app) => {
    registerReads(app, deps)
    registerChanges(app, deps)
  }
}

function registerReads(app: ZodApp, deps: RouteDeps): void {
  const { devices, world } = deps.services
  const { durable } = world
  app.get(
    '/v1/devices',
    {
      schema: withContract({
        summary: 'List the devices',
        tags,
        querystring: deviceListQuery,
        response: { 200: devicePage },
      }),
    },
    async ({ query, principal }) => {
      const picked = picks(query)
      const shows = (device: DeviceRecord): boolean =>
        picked(device) && canSee(durable, principal, 'device', device)
      const page = pageOf(durable, 'device', query, shows, (device) => deviceView(device, durable))
      if (query.observed !== true) return page
      const see = await observed(
        deps,
        page.items.map(({ chardev }) => chardev),
      )
      return { ...page, items: page.items.map((item) => ({ ...item, ...see(item.chardev) })) }
    },
  )
  app.get(
    '/v1/devices/:chardev',
    {
      schema: withContract({
        summary: 'One device, with the processes that really have it',
        tags,
        params: deviceParams,
        querystring: deviceQuery,
        response: { 200: deviceSchema },
      }),
    },
    async ({ params, query, principal }, reply) => {
      const device = needOwnDevice(durable, params.chardev, principal, query.generation)
      const view = deviceView(device, durable)
      const headers = objectHeaders(device.revision)
      if (query.observed === false || device.life.state === 'removed') {
        return reply.headers(headers).send(view)
      }
      const see = await observed(deps, [device.chardev])
      return reply.headers(headers).send({ ...view, ...see(device.chardev) })
    },
  )
  app.get(
    '/v1/devices/:chardev/users',
    {
      schema: withContract({
        summary: 'Who holds a device: the ledger and the processes of the host side by side',
        tags,
        params: deviceParams,
        querystring: deviceUsersQuery,
        response: { 200: deviceUsersView },
      }),
    },
    async ({ params, query, principal }) => {
      const device = needOwnDevice(durable, params.chardev, principal, query.generation)
      const { users, complete } = await devices.observe([device.chardev])
      const found = users.get(device.chardev) ?? []
      // A removed device has only those whom it left behind: the name is another's, or nobody's.
      const own = device.life.state === 'removed' ? found.filter(({ stale }) => stale) : found
      const holders = ledgerHolders(durable, device.uid, HOLDERS_SHOWN_MAX)
      return {
        chardev: device.chardev,
        generation: device.life.generation,
        holders: holdersToldTo(principal.tenant, holders) as DeviceUsersView['holders'],
        processes: userViews(own),
        complete,
      }
    },
  )
}

function registerChanges(app: ZodApp, { services, responder }: RouteDeps): void {
  const { devices } = services
  app.post(
    '/v1/devices/:chardev/enable',
    {
      schema: withContract({
        summary: 'Enable a device: a new generation begins',
        tags,
        headers: postHeaders,
        params: deviceParams,
        querystring: emptyQuery,
        body: emptyBody,
        response: { 200: deviceSchema },
      }),
    },
    async (request, reply) =>
      responder.answer(request, reply, enabled, (call) =>
        devices.enable(request.params.chardev, call),
      ),
  )
  app.post(
    '/v1/devices/:chardev/disable',
    {
      schema: withContract({
        summary: 'Disable a device, as its users allow',
        tags,
        headers: postHeaders,
        params: deviceParams,
        querystring: emptyQuery,
        body: deviceDisable,
        response: { 200: deviceSchema, 202: operationSchema },
      }),
    },
    async (request, reply) => {
      const how = removalOf(request.body)
      return responder.follow(request, reply, disabledSpec(how.ifBusy === 'drain'), (call) =>
        devices.disable(request.params.chardev, how, call),
      )
    },
  )
  app.delete(
    '/v1/devices/:chardev',
    {
      schema: withContract({
        summary: 'Give back the capacity of a device that no namespace owns',
        tags,
        headers: changeHeaders,
        params: deviceParams,
        querystring: removalQuery,
        response: releaseView,
      }),
    },
    async (request, reply) => {
      const how = removalOf(request.query)
      return responder.follow(request, reply, releaseSpec(how), async (call) =>
        devices.remove(request.params.chardev, how, call),
      )
    },
  )
}

/** What is really there, for the views of these devices. */
async function observed(
  { services }: RouteDeps,
  chardevs: readonly string[],
): Promise<(chardev: string) => object> {
  const { users } = await services.devices.observe(chardevs)
  return (chardev) => ({
    observed: (users.get(chardev) ?? []).map(({ pid, comm }) => ({ pid, comm })),
  })
}
