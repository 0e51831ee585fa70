const INDENT = '  '

/**
 * JSON laid out as json-c does, which daxctl and ndctl print with: no space after a colon, slashes
 * escaped. So the outputs of these tools and of daxd can be compared by `diff`. Ends with a
 * newline.
 */
export function renderJson(value: unknown): string {
  return `${lines(value, '')}\n`
}

function lines(value: unknown, indent: string): string {
  if (typeof value !== 'object' || value === null) return scalar(value)
  const inner = indent + INDENT
  const parts = Array.isArray(value)
    ? value.map((item) => `${inner}${lines(item, inner)}`)
    : Object.entries(value)
        .filter(([, member]) => member !== undefined)
        .map(([key, member]) => `${inner}${scalar(key)}:${lines(member, inner)}`)
  const [open, close] = Array.isArray(value) ? ['[', ']'] : ['{', '}']
  if (parts.length === 0) return `${open}${close}`
  return `${open}\n${parts.join(',\n')}\n${indent}${close}`
}

function scalar(value: unknown): string {
  return (JSON.stringify(value) ?? 'null').replaceAll('/', '\\/')
}
