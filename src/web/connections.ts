import type { ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { Clock } from '../core/clock.ts'

/** How connections are brought to their end. */
export interface FinishOptions {
  readonly clock: Clock
  /** A connection without a request is closed when it has been silent for this long. */
  readonly silentMs: number
  /** Aborting it destroys what is left. */
  readonly signal: AbortSignal
}

/** What speaks for a connection as long as `node:http` does not have it. */
export interface ConnectionKeeper {
  /** Whether a request is being answered. */
  readonly isBusy: boolean
  /** Makes the answer under way the last of its connection. */
  leave(): void
}

interface Seen {
  keeper: ConnectionKeeper | undefined
  /** What had come at the last look. */
  bytes: number
  isUpgraded: boolean
}

/**
 * The connections of one HTTP server, and how they end without a request getting lost.
 *
 * HTTP/1.1 has no word for "send no more": a request that is on its way when an idle connection is closed fails, and the client cannot
 * know whether it was executed. So every answer that can still say so says `Connection: close`, and a connection without a request
 * is closed only when it has been silent for `silentMs`: then the chance that its client sends just now is at most the time on the way
 * divided by `silentMs`, whatever its rate. A request that still comes after that is not executed, so repeating it is harmless.
 * (`server.closeIdleConnections()` has neither patience nor regard for answers that are still being written.)
 */
export class Connections {
  readonly #sockets = new Map<Socket, Seen>()
  #announcedAt = 0
  #onEmpty: () => void = () => {}

  /** How many are open. */
  get size(): number {
    return this.#sockets.size
  }

  /** Keeps `socket` in view until it closes. */
  add(socket: Socket): void {
    this.#sockets.set(socket, { bytes: -1, isUpgraded: false, keeper: undefined })
    socket.once('close', () => {
      this.#sockets.delete(socket)
      if (this.size === 0) this.#onEmpty()
    })
  }

  /** Tells who has `socket`; undefined for `node:http`, which has it at first. */
  keptBy(socket: Socket, keeper: ConnectionKeeper | undefined): void {
    const seen = this.#sockets.get(socket)
    if (seen) seen.keeper = keeper
  }

  /** Tells that `socket` no longer speaks HTTP: it is left to whoever has it now, until the signal destroys it. */
  upgraded(socket: Socket): void {
    const seen = this.#sockets.get(socket)
    if (seen) seen.isUpgraded = true
  }

  /** Makes the answers under way whose head is not sent yet the last of their connections, and begins to look who is silent. */
  announce(clock: Clock): void {
    this.#announcedAt = clock.now()
    for (const [socket, seen] of this.#sockets) {
      seen.keeper?.leave()
      const response = currentResponse(socket)
      if (response && !response.headersSent) response.setHeader('connection', 'close')
      seen.bytes = socket.bytesRead
    }
  }

  /** Resolves when all connections are closed: those in use when they are done, the silent ones soon, what is left at the signal. */
  async finish({ clock, silentMs, signal }: FinishOptions): Promise<void> {
    let pauseMs = this.#announcedAt + silentMs - clock.now()
    while (this.size > 0 && !signal.aborted) {
      if (pauseMs > 0) await this.#pause(clock, pauseMs, signal)
      this.#closeSilent()
      pauseMs = silentMs
    }
    for (const socket of this.#sockets.keys()) socket.destroy()
  }

  /** Closes who has no request and has sent nothing since the last look; who does not follow a close is destroyed at the next. */
  #closeSilent(): void {
    for (const [socket, seen] of this.#sockets) {
      const isBusy = seen.keeper ? seen.keeper.isBusy : currentResponse(socket)
      const isSilent = !isBusy && socket.writableLength === 0 && socket.bytesRead === seen.bytes
      seen.bytes = socket.bytesRead
      if (!isSilent || seen.isUpgraded) continue
      if (socket.writableEnded) socket.destroy()
      else socket.end()
    }
  }

  /** Waits, but no longer than there are connections, and not at all once the signal has aborted. */
  async #pause(clock: Clock, delayMs: number, signal: AbortSignal): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>()
    const timer = clock.schedule(delayMs, resolve)
    const wake = () => resolve()
    this.#onEmpty = wake
    signal.addEventListener('abort', wake, { once: true })
    await promise
    signal.removeEventListener('abort', wake)
    timer.cancel()
  }
}

/** What Node itself keeps on the socket of a server: the answer being written there, null between two. */
function currentResponse(socket: Socket): ServerResponse | null | undefined {
  return Reflect.get(socket, '_httpMessage') as ServerResponse | null | undefined
}
