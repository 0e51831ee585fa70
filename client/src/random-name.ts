const NAME_BYTES = 16

/** 128 random bits in hex. `crypto.randomUUID` is not there on pages that came over plain HTTP. */
export function randomName(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(NAME_BYTES))
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}
