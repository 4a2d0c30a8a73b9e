import { isIPv4, isIPv6 } from 'node:net'

/** The bytes of an IP address, 4 or 16; undefined for what is not one. The zone of an IPv6 address (`%eth0`) is left out. */
export function addressBytes(address: string): Buffer | undefined {
  if (isIPv4(address)) return Buffer.from(address.split('.').map(Number))
  return isIPv6(address) ? ipv6Bytes(address.replace(/%.*/, '')) : undefined
}

/** The address that bytes are, in its usual form: the inverse of {@link addressBytes}. */
export function formatAddress(bytes: Buffer): string {
  if (bytes.length === 4) return bytes.join('.')
  const groups = Array.from({ length: 8 }, (_, index) => bytes.readUInt16BE(2 * index).toString(16))
  return new URL(`http://[${groups.join(':')}]`).hostname.slice(1, -1)
}

/** An IP address in its usual form; anything else as it is. */
export function canonicalAddress(address: string): string {
  const bytes = addressBytes(address)
  return bytes ? formatAddress(bytes) : address
}

function ipv6Bytes(address: string): Buffer {
  const withoutDots = address.replace(/[^:]*\..*$/, dotted => {
    const [a = 0, b = 0, c = 0, d = 0] = dotted.split('.').map(Number)
    return `${(256 * a + b).toString(16)}:${(256 * c + d).toString(16)}`
  })
  const [head = '', tail] = withoutDots.split('::')
  const before = groupsOf(head)
  const after = groupsOf(tail ?? '')
  const zeros = Array.from({ length: 8 - before.length - after.length }, () => 0)
  const bytes = Buffer.alloc(16)
  for (const [index, group] of [...before, ...zeros, ...after].entries()) bytes.writeUInt16BE(group, 2 * index)
  return bytes
}

function groupsOf(text: string): number[] {
  return text === '' ? [] : text.split(':').map(group => Number.parseInt(group, 16))
}
