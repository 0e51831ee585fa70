import type { Socket } from 'node:net'
import type { FastifyReply } from 'fastify'
import type { BoundedCount } from './bounded-count.ts'

/** What a request holds until it is answered. */
export interface Share {
  readonly socket: Socket
  readonly slots: BoundedCount
  hasSlot: boolean
  /** Announced length of a large body, 0 for a small one. */
  readonly bytes: number
  leaveLane: (() => void) | null
  /** When its answer was handed to the connection, null before. */
  answeredAt: number | null
}

/** What all requests under way hold. */
export interface Shares {
  /** Keeps a share until the answer is sent or the connection ends. */
  keep(share: Share, reply: FastifyReply): void
  /** Gives back what a share holds; a second time is nothing. */
  release(share: Share): void
  /** Ends connections whose client has not taken an answer that was made before the instant. */
  cut(before: number): void
}

/** Nobody holds anything at first; the bytes of large bodies go back to `bytes`. */
export function createShares(bytes: BoundedCount): Shares {
  const shares = new Set<Share>()
  const bySocket = new WeakMap<Socket, Set<Share>>()

  function release(share: Share): void {
    if (!shares.delete(share)) return
    bySocket.get(share.socket)?.delete(share)
    if (share.hasSlot) share.slots.give(1)
    bytes.give(share.bytes)
    share.leaveLane?.()
  }

  /** Answers of pipelined requests do not hear of their connection's end, so it is asked itself. */
  function groupOf(socket: Socket): Set<Share> {
    const known = bySocket.get(socket)
    if (known !== undefined) return known
    const group = new Set<Share>()
    socket.once('close', () => {
      for (const share of [...group]) release(share)
    })
    bySocket.set(socket, group)
    return group
  }

  return {
    release,
    keep(share, reply) {
      groupOf(share.socket).add(share)
      shares.add(share)
      reply.raw.once('finish', () => release(share))
    },
    cut(before) {
      for (const { answeredAt, socket } of shares) {
        if (answeredAt !== null && answeredAt < before) socket.destroy()
      }
    },
  }
}
