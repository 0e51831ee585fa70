import type { BoundedHost } from './bounded-host.ts'
import type { RegionQueues } from './region-queues.ts'

/**
 * Queues that let nothing into a region whose host does not answer: what comes, and what waits
 * there already, is refused with `host_hung` before it has changed anything, and the region is
 * not still until the hung call has returned. Other regions go on.
 */
export function createAnsweringQueues(
  queues: RegionQueues,
  host: Pick<BoundedHost, 'requireAnswering' | 'watch'>,
): RegionQueues {
  return {
    ...queues,
    async run(region, task) {
      host.requireAnswering(region)
      return queues.run(region, () => {
        host.requireAnswering(region)
        return task()
      })
    },
    watch() {
      const hasNothingRun = queues.watch()
      const hasAnswered = host.watch()
      return (region) => hasNothingRun(region) && hasAnswered(region)
    },
  }
}
