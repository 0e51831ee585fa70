import { createHash } from 'node:crypto'

/** RFC 1123: what the API server takes as the name of a device. */
const LABEL = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/
const LABEL_LENGTH_MAX = 63
const DIGEST_LETTERS = 8

const REGION_NAME = /^region(0|[1-9]\d{0,8})$/
const NAMESPACE_PREFIX = 'ns-'

/** The name in a ResourceSlice of a region that pods take parts of. */
export function regionDeviceName(id: number): string {
  return `region${id}`
}

/** The region that a device's name in a ResourceSlice means, null when it is not a region's. */
export function regionOfDevice(deviceName: string): number | null {
  const digits = REGION_NAME.exec(deviceName)?.[1]
  return digits === undefined ? null : Number(digits)
}

/**
 * The name in a ResourceSlice of a namespace that is handed out whole. A name that Kubernetes would
 * refuse is cut down to what it takes, and a digest keeps two such names apart.
 */
export function namespaceDeviceName(name: string): string {
  const plain = `${NAMESPACE_PREFIX}${name}`
  if (LABEL.test(plain)) return plain
  const digest = createHash('sha256').update(name).digest('hex').slice(0, DIGEST_LETTERS)
  const room = LABEL_LENGTH_MAX - digest.length - 1
  return `${plain
    .toLowerCase()
    .replaceAll(/[^a-z0-9-]/g, '-')
    .slice(0, room)}-${digest}`
}
