import { expect, test } from 'vitest'
import { parseContainerIdentity } from '../../src/procfs/container-id.ts'

const ID = '6f0d6ed1a5b1c7e92d4b8a03f1e5c6d7a8b9c0d1e2f30415263748596a7b8c9d'
const OTHER = 'a1b2c3d4e5f60718293a4b5c6d7e8f90a1b2c3d4e5f60718293a4b5c6d7e8f90'
const POD = '2f6c1b9e-8d3a-4c5f-9b7e-0a1d2c3b4e5f'
const POD_ = POD.replaceAll('-', '_')
const STATIC_POD = 'd1f0b7c92a3e4856b7c8d9e0f1a2b3c4'

test.each([
  ['docker, v2, systemd', `0::/system.slice/docker-${ID}.scope\n`, ID, null],
  ['docker, v2, cgroupfs', `0::/docker/${ID}\n`, ID, null],
  ['podman as root', `0::/machine.slice/libpod-${ID}.scope/container\n`, ID, null],
  [
    'podman of a user',
    `0::/user.slice/user-1000.slice/user@1000.service/user.slice/libpod-${ID}.scope\n`,
    ID,
    null,
  ],
  [
    'containerd under kubelet, v2, systemd',
    `0::/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod${POD_}.slice/cri-containerd-${ID}.scope\n`,
    ID,
    POD,
  ],
  ['containerd under kubelet, cgroupfs, guaranteed', `0::/kubepods/pod${POD}/${ID}\n`, ID, POD],
  [
    'containerd without SystemdCgroup under a systemd kubelet',
    `0::/system.slice/containerd.service/kubepods-besteffort-pod${POD_}.slice:cri-containerd:${ID}\n`,
    ID,
    POD,
  ],
  [
    'cri-o',
    `0::/kubepods.slice/kubepods-besteffort.slice/kubepods-besteffort-pod${POD_}.slice/crio-${ID}.scope/container\n`,
    ID,
    POD,
  ],
  [
    'kind: a node that is a container itself; the innermost counts',
    `0::/system.slice/docker-${OTHER}.scope/kubelet.slice/kubelet-kubepods.slice/kubelet-kubepods-pod${POD_}.slice/cri-containerd-${ID}.scope\n`,
    ID,
    POD,
  ],
  [
    'a static pod',
    `0::/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod${STATIC_POD}.slice/cri-containerd-${ID}.scope\n`,
    ID,
    STATIC_POD,
  ],
  ['the pause-less pod level itself', `0::/kubepods.slice/kubepods-pod${POD_}.slice\n`, null, POD],
  ['podman´s monitor, outside', `0::/machine.slice/libpod-conmon-${ID}.scope\n`, null, null],
  ['cri-o´s monitor, outside', `0::/system.slice/crio-conmon-${ID}.scope\n`, null, null],
  ['a login', '0::/user.slice/user-0.slice/session-3.scope\n', null, null],
])('a process of %s is told from its cgroup', (_what, text, container_id, pod_uid) => {
  expect(parseContainerIdentity(text)).toEqual({
    cgroup: text.slice('0::'.length, -1),
    container_id,
    pod_uid,
  })
})

test('of the hierarchies of cgroup v1 the one that names a container counts', () => {
  const path = `/kubepods/burstable/pod${POD}/${ID}`
  const text = [
    '12:rdma:/',
    '11:cpuset:/',
    '10:net_cls,net_prio:/user.slice',
    `9:memory:${path}`,
    `1:name=systemd:${path}`,
    '0::/system.slice/containerd.service',
    '',
  ].join('\n')
  expect(parseContainerIdentity(text)).toEqual({ cgroup: path, container_id: ID, pod_uid: POD })
})

test('outside of containers the root of one hierarchy does not hide the path in another', () => {
  expect(parseContainerIdentity('4:memory:/jobs/7\n1:cpu:/\n0::/\n').cgroup).toBe('/jobs/7')
  expect(parseContainerIdentity('0::/\n').cgroup).toBe('/')
})

test('63 or 65 hex digits are no container id, and an empty file tells nothing', () => {
  const nothing = { container_id: null, pod_uid: null }
  expect(parseContainerIdentity(`0::/docker/${ID.slice(1)}`)).toMatchObject(nothing)
  expect(parseContainerIdentity(`0::/docker/${ID}0`)).toMatchObject(nothing)
  expect(parseContainerIdentity('')).toEqual({ cgroup: null, ...nothing })
})
