import { loadService } from './grpc-service.ts'

/** A device of the list that the kubelet counts. */
export interface PluginDevice {
  readonly ID: string
  readonly health: 'Healthy' | 'Unhealthy'
  readonly topology?: { readonly nodes: readonly { readonly ID: number }[] }
}

/** What a container gets. */
export interface ContainerAllocation {
  readonly envs: Readonly<Record<string, string>>
  readonly mounts: readonly {
    readonly container_path: string
    readonly host_path: string
    readonly read_only: boolean
  }[]
  readonly devices: readonly {
    readonly container_path: string
    readonly host_path: string
    readonly permissions: string
  }[]
  readonly cdi_devices: readonly { readonly name: string }[]
}

interface PluginOptions {
  readonly pre_start_required: boolean
  readonly get_preferred_allocation_available: boolean
}

export interface PluginMethods {
  readonly GetDevicePluginOptions: { readonly request: object; readonly response: PluginOptions }
  readonly ListAndWatch: {
    readonly request: object
    readonly response: { readonly devices: readonly PluginDevice[] }
    readonly stream: true
  }
  readonly GetPreferredAllocation: {
    readonly request: { readonly container_requests: readonly PreferredRequest[] }
    readonly response: {
      readonly container_responses: readonly { readonly deviceIDs: readonly string[] }[]
    }
  }
  readonly Allocate: {
    readonly request: {
      readonly container_requests: readonly { readonly devices_ids: readonly string[] }[]
    }
    readonly response: { readonly container_responses: readonly ContainerAllocation[] }
  }
  readonly PreStartContainer: { readonly request: object; readonly response: object }
}

export interface PreferredRequest {
  readonly available_deviceIDs: readonly string[]
  readonly must_include_deviceIDs: readonly string[]
  readonly allocation_size: number
}

export interface KubeletMethods {
  readonly Register: {
    readonly request: {
      readonly version: string
      readonly endpoint: string
      readonly resource_name: string
      readonly options: PluginOptions
    }
    readonly response: object
  }
}

export interface PodResourcesMethods {
  readonly List: {
    readonly request: object
    readonly response: {
      readonly pod_resources: readonly {
        readonly containers: readonly {
          readonly devices: readonly {
            readonly resource_name: string
            readonly device_ids: readonly string[]
          }[]
        }[]
      }[]
    }
  }
}

const FILE = 'deviceplugin-v1beta1'

export const pluginService = loadService<PluginMethods>(FILE, 'v1beta1.DevicePlugin')
export const kubeletService = loadService<KubeletMethods>(FILE, 'v1beta1.Registration')
export const podResourcesService = loadService<PodResourcesMethods>(
  'podresources-v1',
  'v1.PodResourcesLister',
)
