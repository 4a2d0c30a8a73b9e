import { isIPv6 } from 'node:net'

/** An address with its port, as Go joins them: `[::1]:8300`. */
export function hostPort(address: string, port: number): string {
  return `${isIPv6(address) ? `[${address}]` : address}:${port}`
}
