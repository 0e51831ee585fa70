/**
 * deploy/kubernetes against the names and types of the Kubernetes API, and against daxd itself.
 *
 * Not checked here, for want of an API server: defaults, admission, and that expressions in CEL
 * compile. With KUBERNETES_OPENAPI (a swagger.json or a folder api/openapi-spec/v3) our own table
 * of the API's fields is compared with what Kubernetes publishes; it was, with 1.36.
 */
import { type ExecFileSyncOptions, execFileSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, expect, test } from 'vitest'
import { parseAllDocuments } from 'yaml'
import packageJson from '../../package.json' with { type: 'json' }
import { readParameters } from '../../src/kubernetes/dra-parameters.ts'
import { bytesOfQuantity } from '../../src/kubernetes/quantity.ts'
import { regionDevices } from '../../src/kubernetes/slice-devices.ts'
import { elsewhere } from '../docs/elsewhere.ts'
import { startTestDaemon } from '../support/start-test-daemon.ts'
import { fieldProblems } from './api-check.ts'
import { FIELDS } from './api-fields.ts'
import {
  buildKustomization,
  deployFolder,
  keyOf,
  type Manifest,
  readManifests,
} from './kustomize.ts'
import { readPublishedApi } from './published-api.ts'

const FOLDERS = ['base', 'overlays/daxd-in-pod', 'overlays/emulated', 'overlays/device-plugin']
const EXAMPLES = readdirSync(deployFolder('examples'))
const DRIVER = 'daxd.io'
const SHARE = 'kubernetes'
const ROOT = resolve(import.meta.dirname, '../..')
const KUBECTL_TIMEOUT_MS = 30_000

const builds = new Map(FOLDERS.map((name) => [name, buildKustomization(deployFolder(name))]))
const examples = new Map(
  EXAMPLES.map((name) => [name, readManifests(deployFolder('examples', name))]),
)
const everything = [...builds, ...examples]

function build(name: string): readonly Manifest[] {
  return builds.get(name) ?? []
}

function one(objects: readonly Manifest[], kind: string): Manifest {
  const [found, ...others] = objects.filter((object) => object.kind === kind)
  expect([found?.kind, others]).toEqual([kind, []])
  return found!
}

function containersOf(name: string) {
  return one(build(name), 'DaemonSet')['spec'].template.spec.containers
}

function helpOf(command: string): string {
  return execFileSync('node', ['src/main.ts', command, '--help'], { cwd: ROOT }).toString()
}

/** Every value below a key, however deep. */
function valuesOf(value: unknown, key: string): unknown[] {
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([name, inner]) =>
    name === key ? [inner, ...valuesOf(inner, key)] : valuesOf(inner, key),
  )
}

describe.each(everything)('%s', (_name, objects) => {
  test('has only fields that the API has, of their types, and all that it asks for', () => {
    expect(objects.flatMap(fieldProblems)).toEqual([])
  })

  test('names each object once, as DNS lets it', () => {
    const keys = objects.map(keyOf)
    expect(keys).toEqual([...new Set(keys)])
    const label = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/
    expect(
      objects.map(({ metadata }) => metadata.name).filter((name) => !label.test(name)),
    ).toEqual([])
  })

  test('mounts only volumes that the pod has, and has none that nobody mounts', () => {
    for (const spec of valuesOf(objects, 'spec') as { volumes?: { name: string }[] }[]) {
      if (spec.volumes === undefined) continue
      const mounted = valuesOf(valuesOf(spec, 'containers'), 'volumeMounts').flat()
      const names = new Set((mounted as { name: string }[]).map(({ name }) => name))
      expect(spec.volumes.map(({ name }) => name).sort()).toEqual([...names].sort())
    }
  })

  test('says to the driver only what the driver understands', () => {
    for (const opaque of valuesOf(objects, 'opaque') as Record<string, unknown>[]) {
      expect(opaque['driver']).toBe(DRIVER)
      expect(readParameters([opaque['parameters']])).toHaveProperty('parameters')
    }
  })
})

test('the check finds a wrong name, a wrong type, a missing field and a wrong kind', () => {
  const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p' } }
  const container = { name: 'c', imagePullPolicy: 1, privileged: true }
  expect(fieldProblems({ ...pod, spec: { containers: [container] } })).toEqual([
    'Pod p.spec.containers[0].imagePullPolicy: no string',
    'Pod p.spec.containers[0].privileged: unknown',
  ])
  expect(fieldProblems({ ...pod, spec: {} })).toEqual(['Pod p.spec.containers: missing'])
  expect(fieldProblems({ ...pod, kind: 'Pot' })).toEqual(['Pot p: no such kind'])
})

const openapi = process.env['KUBERNETES_OPENAPI']
const unpublished = openapi === undefined ? ' (NOT RUN: KUBERNETES_OPENAPI is not set)' : ''
test.skipIf(openapi === undefined)(`our table of fields is as published${unpublished}`, () => {
  const published = readPublishedApi(openapi ?? '')
  for (const [type, fields] of Object.entries(FIELDS)) {
    const facts = published.get(type) ?? {}
    const known = Object.fromEntries(Object.keys(fields).map((key) => [key, facts[key]]))
    expect({ [type]: fields }).toEqual({ [type]: known })
    const asked = Object.keys(facts).filter((key) => facts[key]?.endsWith('!'))
    expect({ [type]: asked.filter((key) => !(key in fields)) }).toEqual({ [type]: [] })
  }
})

function kubectlBuild(folder: string): Manifest[] | null {
  try {
    const options: ExecFileSyncOptions = { timeout: KUBECTL_TIMEOUT_MS, stdio: 'pipe' }
    const text = execFileSync('kubectl', ['kustomize', folder], options)
    return parseAllDocuments(text.toString()).map((document) => document.toJS())
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
}

const hasKubectl = kubectlBuild(deployFolder('base')) !== null
const uncompared = hasKubectl ? '' : ' (NOT RUN: there is no kubectl)'
test.skipIf(!hasKubectl).each(FOLDERS)(`kubectl builds %s as we do${uncompared}`, (name) => {
  const theirs = kubectlBuild(deployFolder(name)) ?? []
  expect(theirs.sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1))).toEqual(build(name))
})

describe('least privilege', () => {
  test.each(FOLDERS)(
    '%s has no privileged container, and each begins with no capability',
    (name) => {
      const contexts = containersOf(name).map((one: Manifest) => one['securityContext'])
      for (const context of contexts) {
        expect(context).toMatchObject({
          readOnlyRootFilesystem: true,
          capabilities: { drop: ['ALL'] },
          seccompProfile: { type: 'RuntimeDefault' },
        })
        expect(context.privileged ?? false).toBe(false)
      }
    },
  )

  test('only daxd on real devices has capabilities, four, and the processes of the node', () => {
    const added = FOLDERS.flatMap((name) =>
      containersOf(name).map((one: Manifest) => [
        name,
        one['name'],
        one['securityContext'].capabilities.add,
      ]),
    )
    expect(added).toEqual([
      ['base', 'driver', undefined],
      ['overlays/daxd-in-pod', 'driver', undefined],
      [...['overlays/daxd-in-pod', 'daxd'], ['SYS_ADMIN', 'SYS_PTRACE', 'DAC_OVERRIDE', 'MKNOD']],
      ['overlays/emulated', 'driver', undefined],
      ['overlays/emulated', 'daxd', undefined],
      ['overlays/device-plugin', 'device-plugin', undefined],
    ])
    const sharing = FOLDERS.filter((name) => valuesOf(build(name), 'hostPID').includes(true))
    expect(sharing).toEqual(['overlays/daxd-in-pod'])
  })

  test('the driver alone has the token, and the token may do four things', () => {
    for (const name of FOLDERS) {
      const holders = containersOf(name).filter((one: Manifest) =>
        valuesOf(one, 'mountPath').includes('/var/run/secrets/kubernetes.io/serviceaccount'),
      )
      const expected = name.endsWith('device-plugin') ? [] : ['driver']
      expect(holders.map((one: Manifest) => one['name'])).toEqual(expected)
      expect(new Set(valuesOf(build(name), 'automountServiceAccountToken'))).toEqual(
        new Set([false]),
      )
    }
    const slices = ['get', 'list', 'watch', 'create', 'update', 'delete']
    const group = ['resource.k8s.io']
    expect(one(build('base'), 'ClusterRole')['rules']).toEqual([
      { apiGroups: group, resources: ['resourceclaims'], verbs: ['get'] },
      { apiGroups: group, resources: ['resourceslices'], verbs: slices },
      { apiGroups: [''], resources: ['nodes'], verbs: ['get'] },
    ])
  })

  test('role, binding, policy and pod mean one account', () => {
    const objects = build('base')
    const { name, namespace } = one(objects, 'ServiceAccount').metadata
    const binding = one(objects, 'ClusterRoleBinding')
    expect(binding['subjects']).toEqual([{ kind: 'ServiceAccount', name, namespace }])
    expect(binding['roleRef'].name).toBe(one(objects, 'ClusterRole').metadata.name)
    const pod = one(objects, 'DaemonSet')
    expect([pod['spec'].template.spec.serviceAccountName, pod.metadata.namespace]).toEqual([
      name,
      namespace,
    ])
    const policy = one(objects, 'ValidatingAdmissionPolicy')
    expect(policy['spec'].matchConditions[0].expression).toBe(
      `request.userInfo.username == "system:serviceaccount:${namespace}:${name}"`,
    )
    const { policyName } = one(objects, 'ValidatingAdmissionPolicyBinding')['spec']
    expect(policyName).toBe(policy.metadata.name)
  })
})

describe('docs/containers.md', () => {
  const page = elsewhere('docs/containers.md', import.meta.filename)

  test.skipIf(!hasKubectl)(`what it has kubectl build is built${uncompared}`, () => {
    const [, ...words] = 'kubectl kustomize deploy/kubernetes/base'.split(' ')
    const options: ExecFileSyncOptions = { cwd: ROOT, timeout: KUBECTL_TIMEOUT_MS }
    const built = parseAllDocuments(String(execFileSync('kubectl', words, options)))
    expect(built.length).toBe(build('base').length)
  })

  test('what it has applied is a folder that builds, for nodes with the label that it sets', () => {
    page.take('kubectl kustomize deploy/kubernetes/base')
    page.take('kubectl apply -k deploy/kubernetes/base')
    page.take('kubectl label node "$NODE" daxd.io/enabled=true')
    expect(page.left()).toEqual([])
    const pod = one(build('base'), 'DaemonSet')['spec'].template.spec
    expect(pod.nodeSelector).toMatchObject({ 'daxd.io/enabled': 'true' })
  })
})

describe('what daxd itself says', () => {
  test('containers start commands by flags that these have', () => {
    const commands = FOLDERS.flatMap((name) => containersOf(name)).map(
      ({ command }: { command: readonly string[] }) => command,
    )
    const helps = new Map(commands.map(([, command = '']) => [command, helpOf(command)]))
    expect([...helps.keys()].sort()).toEqual(['device-plugin', 'dra', 'serve'])
    for (const [program, command = '', ...flags] of commands) {
      const help = helps.get(command) ?? ''
      expect([program, help]).toEqual(['daxd', expect.stringContaining(`Usage: daxd ${command} `)])
      const known = new Set(help.match(/--[a-z-]+/g))
      const said = flags.map((flag) => flag.split('=')[0] ?? '').filter((flag) => flag[0] === '-')
      expect(said.filter((flag) => !known.has(flag))).toEqual([])
    }
  })

  test('images have the version of the package', () => {
    const images = new Set(FOLDERS.flatMap((name) => valuesOf(build(name), 'image')))
    const { version } = packageJson
    expect(images).toEqual(new Set([`daxd:${version}`, `daxd-kernel:${version}`]))
  })

  test('selectors ask for attributes that the driver publishes, by its name', async () => {
    const daemon = await startTestDaemon()
    await daemon.ok('patch', '/v1/regions/0', 200, { body: { shares: { [SHARE]: '1GiB' } } })
    const [device] = regionDevices(
      { regions: (await daemon.get('/v1/regions')).items, namespaces: [], claims: [] },
      { driverName: DRIVER, nodeName: 'node' },
      SHARE,
    )
    const published = Object.keys(device?.attributes ?? {})
    const asked = everything
      .flatMap(([, objects]) => valuesOf(objects, 'cel'))
      .flatMap((cel) => [
        ...(cel as { expression: string }).expression.matchAll(/attributes\["([^"]+)"\]\.(\w+)/g),
      ])
    expect(asked.length).toBeGreaterThan(2)
    expect(asked.filter(([, driver]) => driver !== DRIVER)).toEqual([])
    expect(asked.filter(([, , name = '']) => !published.includes(name))).toEqual([])
  })

  test('sizes that examples ask for are multiples of the usual align', () => {
    const requests = valuesOf([...examples], 'capacity') as { requests: { size: string } }[]
    expect(requests.length).toBeGreaterThan(3)
    for (const {
      requests: { size },
    } of requests)
      expect(bytesOfQuantity(size) % 2n ** 21n).toBe(0n)
  })

  test('pods take claims that are there, and containers take them', () => {
    for (const [, objects] of examples) {
      const made = objects.filter(({ kind }) => kind !== 'Pod').map(({ metadata }) => metadata.name)
      for (const pod of objects.filter(({ kind }) => kind === 'Pod')) {
        const claims: { name: string }[] = pod['spec'].resourceClaims ?? []
        const meant = claims.flatMap((claim) => [
          ...valuesOf(claim, 'resourceClaimName'),
          ...valuesOf(claim, 'resourceClaimTemplateName'),
        ])
        expect(meant.filter((name) => !made.includes(String(name)))).toEqual([])
        const taken = valuesOf(pod['spec'].containers, 'claims').flat()
        expect(taken).toEqual(claims.map(({ name }) => ({ name })))
      }
    }
  })

  test('classes that examples name are in the base', () => {
    const made = build('base').filter(({ kind }) => kind === 'DeviceClass')
    const names = new Set(made.map(({ metadata }) => metadata.name))
    const meant = valuesOf([...examples], 'deviceClassName')
    expect(meant.length).toBeGreaterThan(3)
    expect(meant.filter((name) => !names.has(String(name)))).toEqual([])
  })

  test('the folder has nothing that no test reads', () => {
    // The component is for overlays of others: test/monitoring/relay.test.ts looks at it.
    const folders = ['base', 'components', 'examples', 'overlays']
    expect(readdirSync(deployFolder()).sort()).toEqual(folders)
    const overlays = readdirSync(deployFolder('overlays')).map((name) => join('overlays', name))
    expect(['base', ...overlays].sort()).toEqual([...FOLDERS].sort())
  })
})
