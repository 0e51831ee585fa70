/** What `daxd list` shows, as daxctl's and ndctl's flags choose it. */
export interface ListFlags {
  readonly regions?: boolean
  readonly devices?: boolean
  readonly mappings?: boolean
  readonly namespaces?: boolean
  readonly idle?: boolean
  readonly human?: boolean
  readonly region?: string
  readonly dev?: string
  readonly namespace?: string
}

/** The classes that are shown. */
export interface Selection {
  readonly regions: boolean
  readonly devices: boolean
  readonly namespaces: boolean
}

/**
 * Without a class a filter chooses its own, and without that devices are shown: daxctl's habit.
 * Mappings are a property of devices and choose nothing.
 */
export function selectionOf(flags: ListFlags): Selection {
  const { regions = false, devices = false, namespaces = false } = flags
  if (regions || devices || namespaces) return { regions, devices, namespaces }
  const byFilter = {
    regions: flags.region !== undefined,
    devices: flags.dev !== undefined,
    namespaces: flags.namespace !== undefined,
  }
  if (byFilter.regions || byFilter.devices || byFilter.namespaces) return byFilter
  return { regions: false, devices: true, namespaces: false }
}

const SEPARATOR = /[\s,]+/

/** The names that a filter lists; null when it lets everything pass. */
function namesOf(filter: string | undefined): readonly string[] | null {
  if (filter === undefined) return null
  const names = filter.split(SEPARATOR).filter((name) => name !== '')
  return names.includes('all') ? null : names
}

/** Regions by id or as `region0`; several are set apart by spaces or commas, `all` is each. */
export function regionFilter(filter: string | undefined): (id: number) => boolean {
  const names = namesOf(filter)
  return (id) => names === null || names.includes(String(id)) || names.includes(`region${id}`)
}

/** Devices as `dax0.1`, `0.1` or `/dev/dax0.1`. */
export function deviceFilter(filter: string | undefined): (chardev: string) => boolean {
  const names = namesOf(filter)?.map(chardevOf) ?? null
  return (chardev) => names === null || names.includes(chardev)
}

/** The kernel's name of a device that is written as daxctl lets one write it. */
export function chardevOf(name: string): string {
  const base = name.slice(name.lastIndexOf('/') + 1)
  return /^\d+\.\d+$/.test(base) ? `dax${base}` : base
}

/** Whether a name means a namespace: its own, ndctl's `namespace0.1`, or its device's. */
export function isNamespaceNamed(
  name: string,
  { name: own, chardev }: { readonly name: string; readonly chardev: string | null },
): boolean {
  return name === own || (chardev !== null && chardevOf(name.replace(/^namespace/, '')) === chardev)
}

/** Namespaces by any of their names. */
export function namespaceFilter(
  filter: string | undefined,
): (namespace: { readonly name: string; readonly chardev: string | null }) => boolean {
  const names = namesOf(filter)
  return (namespace) => names === null || names.some((name) => isNamespaceNamed(name, namespace))
}
