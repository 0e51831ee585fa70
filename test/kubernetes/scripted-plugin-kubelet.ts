/**
 * The device manager's side of a kubelet, scripted. It is OURS, not Kubernetes': real gRPC over
 * unix sockets in the kubelet's directory, and of the device manager only what containers.md 2
 * tells: it removes all plugins' sockets when it starts, takes registrations, dials the plugin
 * back, reads its list, and calls Allocate when the test says so.
 */
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import type { PluginMethods } from '../../src/kubernetes/device-plugin-services.ts'
import {
  kubeletService,
  type PluginDevice,
  pluginService,
  podResourcesService,
} from '../../src/kubernetes/device-plugin-services.ts'
import { createGrpcClient, type GrpcClient } from '../../src/kubernetes/grpc-client.ts'
import { bindService, type GrpcServer, serveGrpc } from '../../src/kubernetes/grpc-server.ts'

const CALL_TIMEOUT_MS = 30_000

export interface ScriptedPluginKubelet {
  readonly directory: string
  /** Every request to register, whole and in order. */
  readonly registrations: object[]
  /** The list that the plugin of a resource has sent last. */
  listOf(resource: string): readonly PluginDevice[]
  plugin(resource: string): GrpcClient<PluginMethods>
  allocate(resource: string, ids: readonly string[]): Promise<PluginMethods['Allocate']['response']>
  /** What PodResources answers from now on: the ids of each resource that pods have. */
  inUse: Record<string, readonly string[]>
  start(): Promise<void>
  stop(): Promise<void>
}

/** A kubelet's directory in which none runs yet; it goes with the test. */
export function createScriptedPluginKubelet(): ScriptedPluginKubelet {
  const directory = mkdtempSync(join(tmpdir(), 'daxd-dp-'))
  const plugins = join(directory, 'device-plugins')
  const resources = join(directory, 'pod-resources')
  for (const one of [plugins, resources]) mkdirSync(one)
  const lists = new Map<string, readonly PluginDevice[]>()
  const clients = new Map<string, GrpcClient<PluginMethods>>()
  const registrations: object[] = []
  let servers: GrpcServer[] = []
  let ended = new AbortController()

  function dial(resource: string, endpoint: string): void {
    const client = createGrpcClient(join(plugins, endpoint), pluginService)
    clients.get(resource)?.close()
    clients.set(resource, client)
    const { signal } = ended
    void (async () => {
      for await (const { devices } of client.stream('ListAndWatch', {}, signal)) {
        lists.set(resource, devices)
      }
    })().catch(() => lists.delete(resource))
  }

  function plugin(resource: string): GrpcClient<PluginMethods> {
    const client = clients.get(resource)
    if (client === undefined) throw new Error(`${resource} is not registered`)
    return client
  }

  const self: ScriptedPluginKubelet = {
    directory,
    registrations,
    inUse: {},
    listOf: (resource) => lists.get(resource) ?? [],
    plugin,
    async allocate(resource, ids) {
      const request = { container_requests: [{ devices_ids: ids }] }
      return plugin(resource).call('Allocate', request, CALL_TIMEOUT_MS)
    },
    async start() {
      ended = new AbortController()
      for (const name of readdirSync(plugins)) rmSync(join(plugins, name))
      const registration = bindService(
        kubeletService,
        {
          async Register(request) {
            registrations.push(request)
            dial(request.resource_name, request.endpoint)
            return {}
          },
        },
        () => {},
      )
      const pods = bindService(
        podResourcesService,
        {
          List: async () => ({
            pod_resources: Object.entries(self.inUse).map(([resource_name, device_ids]) => ({
              containers: [{ devices: [{ resource_name, device_ids }] }],
            })),
          }),
        },
        () => {},
      )
      servers = [
        await serveGrpc(join(resources, 'kubelet.sock'), [pods]),
        await serveGrpc(join(plugins, 'kubelet.sock'), [registration]),
      ]
    },
    async stop() {
      ended.abort()
      for (const client of clients.values()) client.close()
      clients.clear()
      lists.clear()
      for (const server of servers.splice(0)) await server.stop()
    },
  }
  onTestFinished(async () => {
    await self.stop()
    rmSync(directory, { recursive: true, force: true })
  })
  return self
}
