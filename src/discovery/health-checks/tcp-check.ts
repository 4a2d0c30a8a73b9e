import { once } from 'node:events'
import { connect } from 'node:net'
import type { HealthCheck } from '../health-check.ts'

/** Where to connect. */
export interface TcpCheckTarget {
  port: number
  /** Default 127.0.0.1. */
  host?: string
}

/** Checks that a TCP connection can be made; closes it at once. The target may be a function, for a port that is known only later. */
export function tcpCheck(target: TcpCheckTarget | (() => TcpCheckTarget)): HealthCheck {
  return {
    name: 'tcp',
    async check({ signal }) {
      const { port, host = '127.0.0.1' } = typeof target === 'function' ? target() : target
      const socket = connect({ port, host })
      try {
        await once(socket, 'connect', { signal })
      } finally {
        socket.destroy()
      }
    },
  }
}
