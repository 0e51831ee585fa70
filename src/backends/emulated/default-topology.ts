import { bytes, GIB } from '../../core/units.ts'
import { regionNature } from './region-nature.ts'
import { DEFAULT_ALIGN, type Topology } from './topology.ts'

const REGION_SIZE = bytes(16 * GIB)

/** What the emulated host has when no topology is given, as `api.md` fixes it. */
export const DEFAULT_TOPOLOGY: Topology = {
  regions: [
    regionNature({
      id: 0,
      kind: 'dynamic',
      provider: 'emulated',
      path: '/platform/emulated.0',
      start: bytes(4 * GIB),
      size: REGION_SIZE,
      align: DEFAULT_ALIGN,
    }),
    regionNature({
      id: 1,
      kind: 'static',
      provider: 'emulated',
      path: '/platform/emulated.1',
      start: bytes(20 * GIB),
      size: REGION_SIZE,
      align: DEFAULT_ALIGN,
    }),
  ],
  devices: [],
}
