import { printAddress, printOptions, takeAddress } from './address-fields.ts'
import type { Endpoint, TcpEndpoint, TlsEndpoint, UnixEndpoint } from './endpoint.ts'
import { escapeField, type Fields } from './fields.ts'
import type { Scheme, SchemesOf } from './grammar.ts'

const tcp: Scheme<TcpEndpoint> = {
  parse(fields) {
    const address = takeAddress(fields)
    fields.finish('interface=, host=, port= or backlog=')
    return { scheme: 'tcp', ...address }
  },
  print: endpoint => printAddress('tcp', endpoint),
}

const tls: Scheme<TlsEndpoint> = {
  parse(fields) {
    const address = takeAddress(fields)
    const files = { cert: fields.string('cert'), key: fields.string('key'), ca: fields.string('ca') }
    const crl = takeRevoked(fields, files.ca)
    const options = { ...files, crl, servername: fields.string('servername'), verify: takeYesOrNo(fields, 'verify') }
    fields.finish('interface=, host=, port=, backlog=, cert=, key=, ca=, crl=, servername= or verify=')
    return { scheme: 'tls', ...address, ...defined(options) }
  },
  print(endpoint) {
    const { cert, key, ca, crl, servername, verify } = endpoint
    const yesOrNo = verify === undefined ? undefined : verify ? 'yes' : 'no'
    return printAddress('tls', endpoint, { cert, key, ca, crl, servername, verify: yesOrNo })
  },
}

const unix: Scheme<UnixEndpoint> = {
  parse(fields) {
    const path = fields.need(fields.value() ?? fields.option('path'), 'a path')
    fields.check(path, path.value !== '' && !path.value.includes('\0'), 'a path')
    const options = { mode: takeMode(fields), backlog: fields.number('backlog', 1, 65_535) }
    fields.finish('path=, mode= or backlog=')
    return { scheme: 'unix', path: path.value, ...defined(options) }
  },
  print({ path, mode, backlog }) {
    const key = path.startsWith('//') ? 'path=' : ''
    return `unix:${key}${escapeField(path)}${printOptions({ mode: mode?.toString(8).padStart(3, '0'), backlog })}`
  },
}

/** The schemes every part of Ropewalk understands. */
export const endpointSchemes: SchemesOf<Endpoint> = { tcp, tls, unix }

function takeMode(fields: Fields): number | undefined {
  const field = fields.option('mode')
  return field && parseInt(fields.check(field, /^[0-7]{3,4}$/.test(field.value), 'an octal mode such as 660').value, 8)
}

/** A list of what somebody has revoked says nothing where nobody's certificates are asked for. */
function takeRevoked(fields: Fields, ca: string | undefined): string | undefined {
  const field = fields.option('crl')
  return field && fields.check(field, field.value !== '' && ca !== undefined, 'a value, and ca= beside it').value
}

function takeYesOrNo(fields: Fields, key: string): boolean | undefined {
  const field = fields.option(key)
  return field && fields.check(field, /^(yes|no)$/.test(field.value), 'yes or no').value === 'yes'
}

function defined<T extends object>(options: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as never
}
