/** The services' own tools with spans around them; only a daemon that traces has them. */
import type { Backend } from '../ports/backend.ts'
import type { Span, SpanFacts, Tracer } from '../ports/trace.ts'
import { aroundHost, errnoOf } from './observed-host.ts'
import type { RegionQueues } from './region-queues.ts'
import type { Wipes } from './wipes.ts'
import type { World } from './world/world.ts'

/** Each call of the host, by its name, with its errno. */
export function tracedHost(backend: Backend, tracer: Tracer): Backend {
  return aroundHost(backend, (call, about, work) => {
    const facts: SpanFacts = about === undefined ? {} : { 'daxd.host.about': about }
    return inside(tracer.part(`host ${call}`, facts), work)
  })
}

/** How long a change waits for its region's turn. */
export function tracedQueues(queues: RegionQueues, tracer: Tracer): RegionQueues {
  return {
    ...queues,
    run(region, task) {
      const wait = tracer.part('region queue', { 'daxd.region': region })
      if (wait === null) return queues.run(region, task)
      let hasBegun = false
      const done = queues.run(region, () => {
        hasBegun = true
        wait.end()
        return task()
      })
      done.catch((error: unknown) => {
        if (hasBegun) return
        wait.fail(errnoOf(error))
        wait.end()
      })
      return done
    },
  }
}

/** Each durable step: how long it took, and with how many others it shared the fsync. */
export function tracedWorld(world: World, tracer: Tracer): World {
  return {
    ...world,
    async commit(build) {
      const span = tracer.part('ledger commit', {})
      if (span === null) return world.commit(build)
      return inside(span, async () => {
        const result = await world.commit(build)
        const { entries, records } = world.figures().lastGroup
        span.note({ 'daxd.commit.group': entries, 'daxd.commit.records': records })
        return result
      })
    },
  }
}

/** Wipes outlast who asked for them by hours: each is a trace of its own, linked to its cause. */
export function tracedWipes(wipes: Wipes, tracer: Tracer): Wipes {
  return {
    ...wipes,
    start: (spec) =>
      wipes.start({
        ...spec,
        work(tools) {
          const { target, region, total } = spec
          const facts = { 'daxd.target': target.kind, 'daxd.region': region, 'daxd.bytes': total }
          return inside(tracer.job('wipe', facts), () => spec.work(tools))
        },
      }),
  }
}

/** Runs work as the span, if there is one, and ends it with how the work came out. */
async function inside<T>(span: Span | null, work: () => Promise<T>): Promise<T> {
  if (span === null) return work()
  try {
    return await span.within(work)
  } catch (error) {
    span.fail(errnoOf(error))
    throw error
  } finally {
    span.end()
  }
}
