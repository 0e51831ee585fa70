/** mmap(2)'s numbers on x86-64, by the names that daxd's contract uses. */
export const FLAG_BITS: Readonly<Record<string, number>> = {
  MAP_SHARED: 0x1,
  MAP_PRIVATE: 0x2,
  MAP_SHARED_VALIDATE: 0x3,
  MAP_FIXED: 0x10,
  MAP_LOCKED: 0x2000,
  MAP_NORESERVE: 0x4000,
  MAP_POPULATE: 0x8000,
  MAP_NONBLOCK: 0x10000,
  MAP_HUGETLB: 0x40000,
  MAP_SYNC: 0x80000,
  /** No flag of any kernel; what an unknown one looks like. */
  MAP_WOBBLE: 0x800000,
}

export const PROT_BITS: Readonly<Record<string, number>> = {
  PROT_NONE: 0,
  PROT_READ: 1,
  PROT_WRITE: 2,
  PROT_EXEC: 4,
}

/** @throws Error for a name that the table lacks. */
export function bits(table: Readonly<Record<string, number>>, names: readonly string[]): number {
  return names.reduce((sum, name) => {
    const bit = table[name]
    if (bit === undefined) throw new Error(`no such flag: ${name}`)
    return sum | bit
  }, 0)
}
