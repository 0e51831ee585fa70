import { loadService } from './grpc-service.ts'

/** A claim as the kubelet names it: no more than these three. */
export interface ClaimTriple {
  readonly namespace: string
  readonly uid: string
  readonly name: string
}

/** A device that containers of a request are given. */
export interface PreparedDevice {
  readonly request_names: readonly string[]
  readonly pool_name: string
  readonly device_name: string
  readonly cdi_device_ids: readonly string[]
  /** v1 only, from Kubernetes 1.35; older messages have no such field and leave it out. */
  readonly share_id?: string
}

interface ClaimsRequest {
  readonly claims: readonly ClaimTriple[]
}

export interface PrepareAnswer {
  readonly devices: readonly PreparedDevice[]
  /** Empty for success; else the pod's event carries it. */
  readonly error: string
}

export interface UnprepareAnswer {
  readonly error: string
}

/** Both versions have the same shape; `share_id` is not in v1beta1. */
export interface DraMethods {
  readonly NodePrepareResources: {
    readonly request: ClaimsRequest
    readonly response: { readonly claims: Readonly<Record<string, PrepareAnswer>> }
  }
  readonly NodeUnprepareResources: {
    readonly request: ClaimsRequest
    readonly response: { readonly claims: Readonly<Record<string, UnprepareAnswer>> }
  }
}

/** One device in a list of the health stream. */
export interface DeviceHealth {
  readonly device: { readonly pool_name: string; readonly device_name: string }
  readonly health: 'UNKNOWN' | 'HEALTHY' | 'UNHEALTHY'
  /** Seconds since 1970. */
  readonly last_updated_time: number
  readonly health_check_timeout_seconds: number
  readonly message: string
}

export interface HealthMethods {
  readonly NodeWatchResources: {
    readonly request: object
    readonly response: { readonly devices: readonly DeviceHealth[] }
    readonly stream: true
  }
}

export interface RegistrationMethods {
  readonly GetInfo: {
    readonly request: object
    readonly response: {
      readonly type: string
      readonly name: string
      readonly endpoint: string
      readonly supported_versions: readonly string[]
    }
  }
  readonly NotifyRegistrationStatus: {
    readonly request: { readonly plugin_registered: boolean; readonly error: string }
    readonly response: object
  }
}

export const registrationService = loadService<RegistrationMethods>(
  'pluginregistration-v1',
  'pluginregistration.Registration',
)

const draOf = (version: string) =>
  loadService<DraMethods>(`dra-${version}`, `k8s.io.kubelet.pkg.apis.dra.${version}.DRAPlugin`)

const healthOf = (version: string) =>
  loadService<HealthMethods>(`dra-health-${version}`, `${version}.DRAResourceHealth`)

/** By the version; a kubelet takes the newest one that it knows. */
export const draServices = { v1: draOf('v1'), v1beta1: draOf('v1beta1') } as const
export const healthServices = { v1: healthOf('v1'), v1alpha1: healthOf('v1alpha1') } as const

/** As GetInfo lists them: the short names, not those on the wire. */
export const SUPPORTED_VERSIONS: readonly string[] = [
  ...Object.keys(draServices).map((version) => `${version}.DRAPlugin`),
  ...Object.keys(healthServices).map((version) => `${version}.DRAResourceHealth`),
]
