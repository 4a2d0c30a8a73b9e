import { isIPv6 } from 'node:net'
import { bracketHost, escapeField, type Field, type Fields } from './fields.ts'

/** What all endpoints on TCP have in common. */
export interface AddressFields {
  readonly host?: string
  readonly port: number
  readonly backlog?: number
}

const HOST = /^[\p{L}\p{N}_.-]+$/u

/** Takes `PORT`, `HOST:PORT`, `host=`, `interface=` (the same), `port=` and `backlog=`. */
export function takeAddress(fields: Fields): AddressFields {
  const hostFirst = fields.values > 1 ? fields.value() : undefined
  const host = hostFirst ?? fields.option('host', 'interface')
  const port = fields.need(fields.value() ?? fields.option('port'), 'a port')
  const backlog = fields.number('backlog', 1, 65_535)
  return {
    ...(host && { host: toHost(fields, host) }),
    port: fields.toNumber(port, 0, 65_535),
    ...(backlog !== undefined && { backlog }),
  }
}

/**
 * `scheme://host:port` for a plain address, because that is what others understand too; `scheme:port` or `scheme:host:port` and the
 * options otherwise.
 */
export function printAddress(scheme: string, address: AddressFields, options: Record<string, unknown> = {}): string {
  const { host, port, backlog } = address
  const rest = printOptions({ backlog, ...options })
  if (host === undefined) return `${scheme}:${port}${rest}`
  if (rest === '') return `${scheme}://${bracketHost(host).replace('%', '%25')}:${port}`
  return `${scheme}:${bracketHost(host)}:${port}${rest}`
}

/** `:key=value` for each option that is defined, escaped. */
export function printOptions(options: Record<string, unknown>): string {
  return Object.entries(options)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => `:${key}=${escapeField(String(value))}`)
    .join('')
}

function toHost(fields: Fields, field: Field): string {
  const host = field.value.replace(/^\[(.*)\]$/, '$1')
  fields.check(field, isIPv6(host) || (host === field.value && HOST.test(host)), 'a host name or IP address')
  return host
}
