/** Where in the console one is, as the part of the address after `#`: deep links, told apart. */

/** The views, in the order of their tabs. */
export const VIEWS = [
  'regions',
  'devices',
  'claims',
  'leases',
  'operations',
  'host',
  'events',
] as const
export type ViewName = (typeof VIEWS)[number]

/** A view, and in it perhaps one object. */
export interface Address {
  readonly view: ViewName
  readonly id: string | null
}

const HOME: Address = { view: 'regions', id: null }

/** Reads a fragment such as `#/devices/dax0.3`; what cannot be read is the first view. */
export function readAddress(fragment: string): Address {
  const [view = '', ...rest] = fragment.replace(/^#?\/?/, '').split('/')
  if (!isView(view)) return HOME
  const id = decoded(rest.join('/'))
  return { view, id: id === '' ? null : id }
}

/** The fragment of a view or of one object in it. */
export function addressOf(view: ViewName, id: string | null = null): string {
  return id === null ? `#/${view}` : `#/${view}/${encodeURIComponent(id)}`
}

function isView(text: string): text is ViewName {
  return (VIEWS as readonly string[]).includes(text)
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
