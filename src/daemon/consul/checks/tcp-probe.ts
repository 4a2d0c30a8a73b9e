import { connect, type Socket } from 'node:net'
import { critical, dialProblem, type Finding, type Probe } from './probe.ts'

/** Whether somebody accepts connections at `host:port`. */
export function tcpProbe(target: string): Probe {
  return async signal => {
    const { host, port } = splitTarget(target)
    if (port === undefined) return critical(`dial tcp: address ${target}: missing port in address`)
    return new Promise<Finding>(resolve => {
      const socket: Socket = connect({ host, port, signal })
      socket.once('connect', () => {
        socket.destroy()
        resolve({ status: 'passing', output: `TCP connect ${target}: Success` })
      })
      socket.once('error', error => resolve(critical(dialProblem(target, error))))
    })
  }
}

/** Host and port of `host:port`, `[::1]:80` or `:80`, which is this machine. */
export function splitTarget(target: string): { host: string; port: number | undefined } {
  const [, host = '', port] = /^(.*):(\d{1,5})$/s.exec(target) ?? []
  const isPort = port !== undefined && Number(port) <= 65_535
  return { host: host.replace(/^\[(.*)\]$/, '$1') || '127.0.0.1', port: isPort ? Number(port) : undefined }
}
