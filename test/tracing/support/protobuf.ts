/** One field of a protobuf message: a number, or the bytes of a text or of a message. */
export interface Field {
  readonly number: number
  readonly value: number
  readonly bytes: Buffer
}

const NO_BYTES = Buffer.alloc(0)
/** Bytes of the wire types that have no length of their own. */
const FIXED: Readonly<Record<number, number>> = { 1: 8, 5: 4 }

/** Reads a message of https://protobuf.dev/programming-guides/encoding/, one level deep. */
export function fieldsOf(bytes: Buffer): Field[] {
  const fields: Field[] = []
  let at = 0
  const varint = (): number => {
    let value = 0
    for (let factor = 1; ; factor *= 128) {
      const byte = bytes.readUInt8(at)
      at += 1
      value += (byte % 128) * factor
      if (byte < 128) return value
    }
  }
  while (at < bytes.length) {
    const tag = varint()
    const number = Math.floor(tag / 8)
    const wire = tag % 8
    if (wire === 0) fields.push({ number, value: varint(), bytes: NO_BYTES })
    else {
      const length = wire === 2 ? varint() : FIXED[wire]
      if (length === undefined) throw new Error(`wire type ${wire} at ${at}`)
      fields.push({ number, value: Number.NaN, bytes: bytes.subarray(at, at + length) })
      at += length
    }
  }
  return fields
}

export function textIn(fields: readonly Field[], number: number): string {
  return fields.find((field) => field.number === number)?.bytes.toString() ?? ''
}

export function numberIn(fields: readonly Field[], number: number): number {
  return fields.find((field) => field.number === number)?.value ?? 0
}
