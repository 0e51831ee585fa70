import type { ClaimView } from '../../schemas/claim.ts'
import type { ContainerAllocation, PreferredRequest } from './device-plugin-services.ts'

/** Where daxd's devices are on a real host. */
const DEVICE_DIRECTORY = '/dev/'

/**
 * What a container is given of its chunks: device nodes, or their CDI names for kubelets from 1.31
 * on. The emulated host's devices are files, which are mounted.
 */
export function allocationAnswer(
  claims: readonly ClaimView[],
  { cdi }: { readonly cdi: boolean },
): ContainerAllocation {
  const paths = claims.flatMap(({ path }) => (path === null ? [] : [path]))
  const nodes = paths.filter((path) => path.startsWith(DEVICE_DIRECTORY))
  const files = paths.filter((path) => !path.startsWith(DEVICE_DIRECTORY))
  const names = claims.flatMap(({ cdi_device: name }) => (name === null ? [] : [{ name }]))
  if (cdi && names.length < claims.length) {
    throw new Error('daxd gives no CDI devices: start it with a CDI directory, or drop --cdi.')
  }
  return {
    envs: { DAXD_DEVICES: paths.join(':') },
    mounts: cdi
      ? []
      : files.map((path) => ({ container_path: path, host_path: path, read_only: false })),
    devices: cdi
      ? []
      : nodes.map((path) => ({ container_path: path, host_path: path, permissions: 'rw' })),
    cdi_devices: cdi ? names : [],
  }
}

/** Chunks in the order of their numbers: those that have been free for longest come out anyway. */
export function preferredChunks(request: PreferredRequest, ids: readonly string[]): string[] {
  const { must_include_deviceIDs: must, available_deviceIDs: available } = request
  const others = ids.filter((id) => available.includes(id) && !must.includes(id))
  return [...must, ...others].slice(0, Math.max(request.allocation_size, must.length))
}
