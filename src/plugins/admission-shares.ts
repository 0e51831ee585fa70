import type { ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { BoundedCount } from './bounded-count.ts'

/** What a request holds until it is answered. */
export interface Share {
  readonly socket: Socket
  readonly response: ServerResponse
  readonly slots: BoundedCount
  hasSlot: boolean
  /** Whose part of all that can be held its slot and its bytes are. */
  readonly tenant: string | null
  /** Announced length of a large body, 0 for a small one. */
  readonly bytes: number
  leaveLane: (() => void) | null
  /** When its answer was first seen handed to the connection, null before; monotonic ms. */
  answeredAt: number | null
}

/** What all requests under way hold. */
export interface Shares {
  /** Keeps a share until it is released, or the connection ends. */
  keep(share: Share): void
  /** Gives back what a share holds; a second time is nothing. */
  release(share: Share): void
  /** Ends connections whose client has not taken an answer for longer than this. */
  cut(now: number, takenMs: number): void
}

/** Nobody holds anything at first; the bytes of large bodies go back to `bytes`. */
export function createShares(bytes: BoundedCount): Shares {
  const open = new Map<Socket, Set<Share>>()

  function release(share: Share): void {
    if (open.get(share.socket)?.delete(share) !== true) return
    if (share.hasSlot) share.slots.give(share.tenant, 1)
    if (share.bytes > 0) bytes.give(share.tenant, share.bytes)
    share.leaveLane?.()
  }

  /** Answers of pipelined requests do not hear of their connection's end, so it is asked itself. */
  function groupOf(socket: Socket): Set<Share> {
    const known = open.get(socket)
    if (known !== undefined) return known
    const group = new Set<Share>()
    socket.once('close', () => {
      for (const share of [...group]) release(share)
      open.delete(socket)
    })
    open.set(socket, group)
    return group
  }

  return {
    release,
    keep: (share) => void groupOf(share.socket).add(share),
    cut(now, takenMs) {
      for (const group of open.values()) {
        for (const share of group) {
          if (!share.response.writableEnded) continue
          share.answeredAt ??= now
          if (now - share.answeredAt > takenMs) share.socket.destroy()
        }
      }
    },
  }
}
