import { RopewalkError } from '../core/error.ts'

/** A string is not an endpoint. `position` is the offset of the first character that cannot be right. */
export class EndpointSyntaxError extends RopewalkError {
  readonly code = 'ERR_ENDPOINT_SYNTAX'
  readonly text: string
  readonly position: number
  readonly expected: string

  constructor(text: string, position: number, expected: string) {
    const rest = text.slice(position, position + 20)
    const found = rest === '' ? 'it ends there' : `found ${JSON.stringify(rest)}`
    super(`The endpoint ${JSON.stringify(text)} is not valid at character ${position}: expected ${expected}, ${found}`)
    this.text = text
    this.position = position
    this.expected = expected
  }
}

/** An endpoint's scheme is none that is understood here. */
export class EndpointSchemeError extends RopewalkError {
  readonly code = 'ERR_ENDPOINT_SCHEME_UNKNOWN'

  constructor(text: string, scheme: string, known: readonly string[]) {
    super(
      `The endpoint ${JSON.stringify(text)} has the unknown scheme ${JSON.stringify(scheme)}: use one of ${known.join(', ')}`,
    )
  }
}

/** Somebody else listens there. */
export class AddressInUseError extends RopewalkError {
  readonly code = 'ERR_ADDRESS_IN_USE'
  readonly endpoint: string

  constructor(endpoint: string, options?: ErrorOptions) {
    super(`Cannot listen on ${endpoint}: another process listens there. Stop it or choose another place`, options)
    this.endpoint = endpoint
  }
}

/** The process may not listen there. */
export class ListenPermissionError extends RopewalkError {
  readonly code = 'ERR_LISTEN_PERMISSION'

  constructor(endpoint: string, options?: ErrorOptions) {
    super(
      `Cannot listen on ${endpoint}: permission denied. Ports below 1024 and other users' folders need rights; choose another place or grant them`,
      options,
    )
  }
}

/** The interface to listen on is not one of this machine. */
export class InterfaceError extends RopewalkError {
  readonly code = 'ERR_INTERFACE_UNAVAILABLE'

  constructor(endpoint: string, options?: ErrorOptions) {
    super(`Cannot listen on ${endpoint}: this machine has no such interface. Name an address it has`, options)
  }
}

/** A file that is no socket is where the Unix socket should be; it is left alone. */
export class SocketPathError extends RopewalkError {
  readonly code = 'ERR_SOCKET_PATH_OCCUPIED'

  constructor(path: string) {
    super(`Cannot listen on unix:${path}: a file that is not a socket is there. Remove it or choose another path`)
  }
}

/** Listening failed in a way that has no error of its own; see `cause`. */
export class ListenError extends RopewalkError {
  readonly code = 'ERR_LISTEN_FAILED'

  constructor(endpoint: string, options: { cause: unknown }) {
    const { cause } = options
    super(`Cannot listen on ${endpoint}: ${cause instanceof Error ? cause.message : String(cause)}`, options)
  }
}

/** A TLS endpoint to listen on names no certificate. */
export class CertificateMissingError extends RopewalkError {
  readonly code = 'ERR_CERTIFICATE_MISSING'

  constructor(endpoint: string) {
    super(
      `Cannot listen on ${endpoint}: it names no certificate. Add :cert=FILE and, unless it is in the same file, :key=FILE`,
    )
  }
}

/** A certificate, key or authority file cannot be read; `file` says which. */
export class CertificateUnreadableError extends RopewalkError {
  readonly code = 'ERR_CERTIFICATE_UNREADABLE'
  readonly file: string

  constructor(file: string, options: { cause: unknown }) {
    super(`Cannot read the certificate file ${file}: ${String(options.cause)}`, options)
    this.file = file
  }
}

/** The certificate files can be read but not used: not PEM, or the key belongs to another certificate. */
export class CertificateInvalidError extends RopewalkError {
  readonly code = 'ERR_CERTIFICATE_INVALID'

  constructor(files: readonly string[], options: { cause: unknown }) {
    super(
      `The certificate files ${files.join(', ')} cannot be used: ${String(options.cause)}. Check that they are PEM and that the key belongs to the certificate`,
      options,
    )
  }
}

/** Nobody could be reached there. The cause is the system's error; with several addresses, an AggregateError of theirs. */
export class ConnectError extends RopewalkError {
  readonly code = 'ERR_CONNECT_FAILED'
  readonly endpoint: string

  constructor(endpoint: string, options: { cause: unknown }) {
    super(`Cannot connect to ${endpoint}: ${String(options.cause)}`, options)
    this.endpoint = endpoint
  }
}

/** Connecting, TLS handshake included, took too long. */
export class ConnectTimeoutError extends RopewalkError {
  readonly code = 'ERR_CONNECT_TIMEOUT'
  readonly endpoint: string

  constructor(endpoint: string, timeoutMs: number, options?: ErrorOptions) {
    super(`Cannot connect to ${endpoint}: no answer within ${timeoutMs} ms`, options)
    this.endpoint = endpoint
  }
}

/** The other side's certificate is not trusted, or is for another name. */
export class PeerUntrustedError extends RopewalkError {
  readonly code = 'ERR_PEER_UNTRUSTED'
  readonly endpoint: string

  constructor(endpoint: string, options: { cause: unknown }) {
    super(
      `Will not talk to ${endpoint}: its certificate is not trusted (${String(options.cause)}). Name its authority with :ca=FILE or its name with :servername=NAME`,
      options,
    )
    this.endpoint = endpoint
  }
}
