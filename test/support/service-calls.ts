/** What tests that call the services themselves ask for, and as whom. */
import { DEFAULT_ALIGN } from '../../src/backends/emulated/topology.ts'
import type { NamespaceRequest } from '../../src/core/model.ts'
import { ANYONE } from '../../src/core/principal.ts'
import { bytes, MIB } from '../../src/core/units.ts'

export const POOL: NamespaceRequest = {
  region: 0,
  size: bytes(64 * MIB),
  align: DEFAULT_ALIGN,
  mode: 'devdax',
  contiguous: false,
  pool: true,
  enabled: true,
  wipe: 'none',
  labels: {},
}
/** A caller who waits for the end. */
export const CALL = { caller: ANYONE, windowMs: 60_000, view: (result: unknown) => result }
