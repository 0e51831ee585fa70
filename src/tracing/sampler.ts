import {
  AlwaysOffSampler,
  AlwaysOnSampler,
  ParentBasedSampler,
  type Sampler,
  TraceIdRatioBasedSampler,
} from '@opentelemetry/sdk-trace'
import type { TraceSettings } from './trace-settings.ts'

const PARENT_BASED = 'parentbased_'

/** Decides which traces are kept; if based on the parent, as the caller has decided. */
export function createSampler({ sampler, ratio }: TraceSettings): Sampler {
  const root = rootSampler(sampler.replace(PARENT_BASED, ''), ratio)
  return sampler.startsWith(PARENT_BASED) ? new ParentBasedSampler({ root }) : root
}

function rootSampler(name: string, ratio: number): Sampler {
  if (name === 'always_off') return new AlwaysOffSampler()
  return name === 'traceidratio' ? new TraceIdRatioBasedSampler(ratio) : new AlwaysOnSampler()
}
