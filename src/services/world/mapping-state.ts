import type { MappingRecord } from '../../core/model.ts'

/** Nobody has the mapping any more, so it holds no device; only its place is not free yet. */
export function isOver({ state }: MappingRecord): boolean {
  return state === 'wiping' || state === 'failed'
}

/** Nothing else may be mapped where it lies. */
export function takesPlace(mapping: MappingRecord): boolean {
  return mapping.state === 'live' || isOver(mapping)
}
