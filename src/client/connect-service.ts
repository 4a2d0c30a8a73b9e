import type { Socket } from 'node:net'
import type { Abortable } from '../core/abort.ts'
import type { Destination } from './destination.ts'
import type { Peer } from './peer.ts'

/**
 * Opens a socket to an Instance of `destination`; it counts as a request in flight for as long as it is open. Each Instance is tried
 * once, the best first, but before it one that was put aside as unreachable and waits to be tried again. Rejects when none is left, with
 * what the last one failed with as the cause; or with the signal's reason.
 */
export async function connectService(
  destination: Destination,
  { signal = new AbortController().signal }: Abortable,
): Promise<Socket> {
  const { peers, settings } = destination
  const { clock, waitMs } = settings
  const tried = new Set<Peer>()
  let failure: unknown
  for (let peer = peers.nextToConnect(); ; peer = peers.nextUntried(tried)) {
    if (peer === undefined) throw destination.emptyError(waitMs, failure)
    tried.add(peer)
    const startedAt = clock.now()
    try {
      const socket = await peer.open(signal)
      peers.connected(peer)
      if (peer.pool.accepting) return counted(socket, peer, clock.now() - startedAt)
      socket.destroy()
    } catch (error) {
      signal.throwIfAborted()
      destination.eject(peer, 'unreachable', error as Error)
      failure = error
    }
  }
}

function counted(socket: Socket, peer: Peer, latencyMs: number): Socket {
  peer.begin()
  socket.once('close', () => peer.end(latencyMs, false))
  return socket
}
