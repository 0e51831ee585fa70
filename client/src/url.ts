/** Addresses of calls. */

/** What a parameter of a query may be; undefined ones are left out. */
export type QueryValue = string | number | boolean | undefined

/**
 * A path with its parts encoded, as the tag of a template.
 * @throws TypeError for a part that no path can carry: it would name something else.
 */
export function route(texts: TemplateStringsArray, ...parts: readonly (string | number)[]): string {
  return String.raw({ raw: texts }, ...parts.map(encode))
}

function encode(part: string | number): string {
  const text = String(part)
  if (text === '' || text === '.' || text === '..') {
    throw new TypeError(`${JSON.stringify(text)} is no name that daxd could have given`)
  }
  return encodeURIComponent(text)
}

/** The whole address of a call. */
export function urlOf(
  base: string,
  path: string,
  query: Readonly<Record<string, QueryValue>> = {},
): string {
  const parameters = new URLSearchParams()
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined) parameters.set(name, String(value))
  }
  const text = parameters.toString()
  return text === '' ? `${base}${path}` : `${base}${path}?${text}`
}
