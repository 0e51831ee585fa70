import type { Socket } from 'node:net'

/** An answer without end, let in on a credential that may end before it. */
interface Stream {
  readonly socket: Socket
  readonly isStill: () => boolean
}

/** The streams that are open, each by the request it answers. */
export interface OpenStreams {
  add(request: object, stream: Stream): void
  remove(request: object): void
  /** Cuts those whose credential has ended. */
  sweep(): void
}

/** None is open at first. Their number is bounded by that of the watchers. */
export function createOpenStreams(): OpenStreams {
  const open = new Map<object, Stream>()
  return {
    add: (request, stream) => void open.set(request, stream),
    remove: (request) => void open.delete(request),
    sweep() {
      for (const [request, { socket, isStill }] of open) {
        if (!isStill()) socket.destroy()
        // Answers of pipelined requests do not hear of their connection's end.
        if (socket.destroyed) open.delete(request)
      }
    },
  }
}
