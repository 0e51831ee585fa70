import type { DeviceSpec } from '../ports/device-specs.ts'

/**
 * The newest version that every runtime in use reads: podman 4.3 refuses a newer one, and nothing
 * newer is needed.
 */
const CDI_VERSION = '0.5.0'

/**
 * `nodes` for character devices; `mounts` for the emulated host's regular files, which a runtime
 * can only bind.
 */
export type SpecStyle = 'nodes' | 'mounts'

/** A CDI specification, as far as we write one. */
interface SpecDocument {
  readonly cdiVersion: string
  readonly kind: string
  readonly devices: readonly {
    readonly name: string
    readonly containerEdits: {
      readonly env: readonly string[]
      readonly deviceNodes?: readonly object[]
      readonly mounts?: readonly object[]
    }
  }[]
}

/**
 * The specification of one claim. Without major and minor numbers: the kernel gives them again to
 * other devices, while a path that is gone makes the runtime refuse the container. The path is the
 * same inside, since rootless runtimes cannot give it another name.
 */
export function specDocument(kind: string, style: SpecStyle, spec: DeviceSpec): SpecDocument {
  const edits = style === 'nodes' ? { deviceNodes: [node(spec)] } : { mounts: [mount(spec)] }
  const containerEdits = { env: environment(spec), ...edits }
  return { cdiVersion: CDI_VERSION, kind, devices: [{ name: spec.device, containerEdits }] }
}

function node({ path, access, owner }: DeviceSpec): object {
  const { uid, gid, mode } = owner
  return {
    path,
    // Checked by the runtime against the host, so that nothing else is ever handed out.
    type: 'c',
    permissions: access === 'rw' ? 'rw' : 'r',
    ...(uid === undefined ? {} : { uid }),
    ...(gid === undefined ? {} : { gid }),
    ...(mode === undefined ? {} : { fileMode: mode }),
  }
}

function mount({ path, access }: DeviceSpec): object {
  const options = ['rbind', access, 'nosuid', 'noexec']
  return { hostPath: path, containerPath: path, options }
}

/**
 * What a program in the container needs to know. The names with the claim's own name in them are
 * for containers with several claims, where the plain ones tell of the last.
 */
function environment(spec: DeviceSpec): string[] {
  const { claim, path, offset, length, align, access } = spec
  const place = { PATH: path, OFFSET: offset, LENGTH: length }
  const suffix = claim.toUpperCase().replaceAll(/[^A-Z0-9]/g, '_')
  const plain = { CLAIM: claim, ...place, ALIGN: align, ACCESS: access }
  return [
    ...Object.entries(plain).map(([name, value]) => `DAXD_${name}=${value}`),
    ...Object.entries(place).map(([name, value]) => `DAXD_${name}_${suffix}=${value}`),
  ]
}
