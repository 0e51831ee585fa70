import type { Stage, Subject } from '../../contract/stage.ts'
import type { Guest } from '../rig/guest.ts'
import { type DaxdHost, type KernelDaxd, STATE_DIRECTORY } from './daxd-host.ts'
import { kernelUsers } from './kernel-users.ts'

/** A call to an emulated machine takes some 20 ms, the first of a daemon some 200. */
const MOMENT_MS_MIN = 4000
/** Where others keep the cores busy a call takes seconds. */
const MOMENT_MS_MAX = 20_000
/** So many first calls of the pace that was last seen are a moment. */
const CALLS_PER_MOMENT = 20

interface Running {
  readonly subject: Subject
  readonly revision: number
}

/**
 * The contract suite's stage over the guest's real devices. There is one host, so each start ends
 * the daemon before it. A start takes most of a test's time here; so a daemon whose newest event is
 * still the one it began with, and which therefore is as it was when it started, is handed on.
 */
export function kernelStage(guest: Guest, host: () => DaxdHost): Stage {
  let running: Running | null = null
  let callMs = 0

  async function newestRevision({ subject, revision }: Running): Promise<number> {
    const path = `/v1/events?limit=1000&since=${revision}`
    const began = performance.now()
    const { items } = await subject.ok('get', path, 200, {
      headers: { accept: 'application/json' },
    })
    callMs = performance.now() - began
    return items.at(-1)?.revision ?? revision
  }

  function subjectOf(daxd: KernelDaxd): Subject {
    return {
      ...daxd,
      url: guest.url,
      directory: STATE_DIRECTORY,
      async close() {
        running = null
        daxd.close()
        await host().stop()
      },
      async restart() {
        running = null
        daxd.close()
        return subjectOf(await host().start())
      },
    }
  }

  return {
    name: 'kernel',
    users: kernelUsers(guest),
    get momentMs() {
      const paced = Math.ceil(CALLS_PER_MOMENT * callMs)
      return Math.min(MOMENT_MS_MAX, Math.max(MOMENT_MS_MIN, paced))
    },
    async start() {
      if (running !== null && (await newestRevision(running)) === running.revision) {
        return running.subject
      }
      running = null
      const subject = subjectOf(await host().fresh())
      running = { subject, revision: await newestRevision({ subject, revision: 0 }) }
      return running.subject
    },
  }
}
