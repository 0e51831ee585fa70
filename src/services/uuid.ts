/** A random UUID (RFC 9562, version 4), from the runtime's own generator. */
export function randomUUID(): string {
  return globalThis.crypto.randomUUID()
}
