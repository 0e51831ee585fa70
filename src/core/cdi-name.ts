/** Names of the Container Device Interface: `vendor/class=device`. */

/** The kind that claims are offered under when nobody names another. */
export const CDI_KIND_DEFAULT = 'daxd.io/claim'

/** How much of a claim's name goes into its device's name, in characters. */
const READABLE_LENGTH_MAX = 40

const LABEL = '[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?'
/** Without dots in the class: readers of specification versions before 0.6 refuse them. */
const KIND = new RegExp(
  `^(?=[a-z])${LABEL}(?:\\.${LABEL})+/[A-Za-z](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9])?$`,
)

/** True for a `vendor/class` that every reader takes: the vendor is a DNS subdomain. */
export function isCdiKind(text: string): boolean {
  return KIND.test(text) && text.indexOf('/') <= 253
}

/** What makes a device's name one that was never used before. */
export interface DeviceNameParts {
  readonly claim: string
  /** Never given before by this ledger. */
  readonly number: number
  /** Random, since a ledger that was restored or begun anew counts again. */
  readonly salt: string
}

/**
 * The name of a claim's device, without its kind. Runtimes remember what a name meant, so it is
 * never given twice; the claim's own name is in it for people.
 */
export function cdiDeviceName({ claim, number, salt }: DeviceNameParts): string {
  return `${claim.slice(0, READABLE_LENGTH_MAX)}-${number.toString(36)}-${salt}`
}
