import { readFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { parse, parseAllDocuments } from 'yaml'
import { z } from 'zod'

/** An object of the Kubernetes API as a manifest has it. */
export interface Manifest {
  readonly apiVersion: string
  readonly kind: string
  readonly metadata: { readonly name: string; readonly namespace?: string }
  // biome-ignore lint/suspicious/noExplicitAny: a test reads what the manifest has
  readonly [key: string]: any
}

const operation = z.strictObject({
  op: z.enum(['add', 'replace']),
  path: z.string().startsWith('/'),
  value: z.unknown(),
})

const deletion = z.strictObject({
  $patch: z.literal('delete'),
  apiVersion: z.string(),
  kind: z.string(),
  metadata: z.strictObject({ name: z.string() }),
})

/** What deploy/kubernetes uses of kustomize, and no more; anything else is refused here. */
const kustomization = z.strictObject({
  apiVersion: z.literal('kustomize.config.k8s.io/v1beta1'),
  kind: z.literal('Kustomization'),
  resources: z.array(z.string()),
  patches: z
    .array(
      z.union([
        z.strictObject({
          path: z.string(),
          target: z.strictObject({ kind: z.string(), name: z.string() }),
        }),
        z.strictObject({ patch: z.string() }),
      ]),
    )
    .default([]),
})

/** The objects in a file. @throws when it is not YAML. */
export function readManifests(file: string): Manifest[] {
  return parseAllDocuments(readFileSync(file, 'utf8')).map((document) => {
    if (document.errors.length > 0) throw new Error(`${file}: ${document.errors[0]?.message}`)
    return document.toJS()
  })
}

/**
 * The objects that `kustomize build` makes of a folder, sorted. Ours, for machines without
 * kustomize; where kubectl is, the tests compare the two.
 */
export function buildKustomization(folder: string): Manifest[] {
  const text = readFileSync(join(folder, 'kustomization.yaml'), 'utf8')
  const { resources, patches } = kustomization.parse(parse(text))
  let objects = resources.flatMap((name) =>
    name.endsWith('.yaml')
      ? readManifests(join(folder, name))
      : buildKustomization(resolve(folder, name)),
  )
  for (const patch of patches) {
    objects =
      'patch' in patch
        ? deleteOne(objects, deletion.parse(parse(patch.patch)))
        : patchAll(objects, patch.target, readOperations(join(folder, patch.path)))
  }
  return objects.sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1))
}

/** By which an object is told from others. */
export function keyOf({ apiVersion, kind, metadata }: Manifest): string {
  return [apiVersion, kind, metadata.namespace ?? '', metadata.name].join(' ')
}

function readOperations(file: string) {
  return z.array(operation).parse(parse(readFileSync(file, 'utf8')))
}

function deleteOne(objects: readonly Manifest[], gone: z.output<typeof deletion>): Manifest[] {
  const rest = objects.filter(
    ({ apiVersion, kind, metadata }) =>
      !(
        apiVersion === gone.apiVersion &&
        kind === gone.kind &&
        metadata.name === gone.metadata.name
      ),
  )
  if (rest.length === objects.length - 1) return rest
  throw new Error(`nothing to delete: ${gone.kind} ${gone.metadata.name}`)
}

function patchAll(
  objects: readonly Manifest[],
  target: { readonly kind: string; readonly name: string },
  operations: readonly z.output<typeof operation>[],
): Manifest[] {
  const name = new RegExp(`^(?:${target.name})$`)
  const isMeant = (object: Manifest) =>
    object.kind === target.kind && name.test(object.metadata.name)
  if (!objects.some(isMeant)) throw new Error(`nothing to patch: ${target.kind} ${target.name}`)
  return objects.map((object) => {
    if (!isMeant(object)) return object
    const copy = structuredClone(object)
    for (const one of operations) apply(copy, one)
    return copy
  })
}

/** RFC 6902, `add` and `replace` of members; `-` is the end of a list. */
function apply(object: Manifest, { op, path, value }: z.output<typeof operation>): void {
  const keys = path.slice(1).split('/')
  const last = keys.pop() ?? ''
  // biome-ignore lint/suspicious/noExplicitAny: a pointer goes through anything
  const place = keys.reduce((inner: any, key) => inner?.[key], object)
  const isThere = typeof place === 'object' && place !== null
  if (!isThere || (op === 'replace' && place[last] === undefined)) {
    throw new Error(`${op} ${path}: nothing there`)
  }
  if (Array.isArray(place) && last === '-') place.push(structuredClone(value))
  else place[last] = structuredClone(value)
}

/** The folder of a manifest below deploy/kubernetes. */
export function deployFolder(...parts: readonly string[]): string {
  return resolve(dirname(import.meta.dirname), '..', 'deploy', 'kubernetes', ...parts)
}
