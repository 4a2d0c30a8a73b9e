import type { Server, Socket } from 'node:net'
import { isIPv6 } from 'node:net'

/** How connections of one client are counted. */
export interface PerAddressOptions {
  /** Connections of one address at a time; one more is closed at once. */
  readonly max: number
  /** Told once when an address begins to have too many, and again only after it had fewer. */
  readonly onRefused: (address: string) => void
}

/** The first four of the eight groups of an IPv6 address: what one client is given, who may take any address in it. */
const NETWORK_GROUPS = 4

/**
 * Closes connections that are one too many from their address, before anything of them is read; over TLS before the handshake. IPv6 counts by
 * networks of 64 bits. To be called before anybody else listens to the server's connections, who then finds such a one destroyed.
 */
export function limitPerAddress(server: Server, { max, onRefused }: PerAddressOptions): void {
  const counts = new Map<string, number>()
  const refusing = new Set<string>()
  server.on('connection', (socket: Socket) => {
    const { remoteAddress } = socket
    if (remoteAddress === undefined) return
    const address = clientOf(remoteAddress)
    const count = counts.get(address) ?? 0
    if (count >= max) {
      socket.on('error', () => {})
      socket.destroy()
      if (!refusing.has(address)) onRefused(address)
      refusing.add(address)
      return
    }
    counts.set(address, count + 1)
    socket.once('close', () => {
      const left = (counts.get(address) ?? 1) - 1
      if (left > 0) counts.set(address, left)
      else counts.delete(address)
      refusing.delete(address)
    })
  })
}

/** Who an address belongs to: an IPv4 address, also one that is written as IPv6, or a network of IPv6. */
export function clientOf(remoteAddress: string): string {
  const [address = ''] = remoteAddress.split('%')
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1]
  if (mapped !== undefined) return mapped
  if (!isIPv6(address)) return address
  const [head = '', tail] = address.split('::')
  const before = head === '' ? [] : head.split(':')
  const after = tail === undefined || tail === '' ? [] : tail.split(':')
  const zeros = Array.from({ length: tail === undefined ? 0 : 8 - before.length - after.length }, () => '0')
  return `${[...before, ...zeros, ...after].slice(0, NETWORK_GROUPS).join(':')}::/64`
}
