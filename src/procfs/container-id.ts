/** What the cgroup of a process tells about where it runs. */
export interface ContainerIdentity {
  /** The path of the cgroup that tells most. */
  readonly cgroup: string | null
  /** 64 hex digits. */
  readonly container_id: string | null
  /** The uid of its Kubernetes pod, with dashes where it has them. */
  readonly pod_uid: string | null
}

/**
 * A container's own cgroup: `<id>`, `docker-<id>.scope`, `cri-containerd-<id>.scope`,
 * `crio-<id>.scope`, `libpod-<id>.scope`, or containerd's `...slice:cri-containerd:<id>`.
 */
const CONTAINER_SEGMENT = /^(?:.*[-:])?([0-9a-f]{64})(?:\.scope)?$/

/** The monitors of podman and cri-o bear a container's id but run outside of it. */
const MONITOR_SEGMENT = /conmon-[0-9a-f]{64}/

/**
 * A pod's cgroup. The systemd driver writes `_` for `-`; a static pod's uid is a bare hash.
 * Source: kubelet's cgroup_manager_linux.go, `podNamePrefix` and `escapeSystemdCgroupName`.
 */
const POD =
  /(?:^|[-/])pod([0-9a-f]{8}(?:[-_][0-9a-f]{4}){3}[-_][0-9a-f]{12}|[0-9a-f]{32})(?=[./:]|$)/g

/**
 * Reads `/proc/<pid>/cgroup`, of cgroup v1, v2 or both at once. The innermost container and pod
 * count. Source of the line format: cgroups(7), `hierarchy-ID:controller-list:cgroup-path`.
 */
export function parseContainerIdentity(text: string): ContainerIdentity {
  let best: ContainerIdentity = { cgroup: null, container_id: null, pod_uid: null }
  for (const line of text.split('\n')) {
    const path = /^\d+:[^:]*:(.*)$/.exec(line)?.[1]
    if (path === undefined) continue
    const seen = { cgroup: path, container_id: containerIn(path), pod_uid: podIn(path) }
    if (weight(seen) > weight(best)) best = seen
  }
  return best
}

/** How much an identity tells: a container beats a pod, a pod any path, a path the bare root. */
function weight({ cgroup, container_id, pod_uid }: ContainerIdentity): number {
  if (container_id !== null) return pod_uid === null ? 4 : 5
  if (pod_uid !== null) return 3
  if (cgroup === null) return 0
  return cgroup === '/' ? 1 : 2
}

function containerIn(path: string): string | null {
  let innermost: string | null = null
  for (const segment of path.split('/')) {
    if (MONITOR_SEGMENT.test(segment)) continue
    innermost = CONTAINER_SEGMENT.exec(segment)?.[1] ?? innermost
  }
  return innermost
}

function podIn(path: string): string | null {
  let innermost: string | null = null
  for (const [, uid] of path.matchAll(POD)) innermost = uid?.replaceAll('_', '-') ?? innermost
  return innermost
}
