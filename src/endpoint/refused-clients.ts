import type { Clock } from '../core/clock.ts'
import { publish } from '../core/event.ts'
import { clientOf } from './connections-per-address.ts'

/** A client is told of once in so many milliseconds, and so many clients in that time. */
const PERIOD_MS = 60_000
const CLIENTS_MAX = 10

/** Why a client was refused. */
export interface Refusal {
  /** Undefined where it is not known any more. */
  readonly address: string | undefined
  /** Such as `CERT_HAS_EXPIRED`. */
  readonly reason: string
}

/**
 * Tells, by the event `client.refused`, which clients a TLS endpoint refuses for their certificates: an application that is not let in is looked for in the log of who does
 * not let it in. Whoever tries again and again is told of once a minute, and no more than ten clients are; how many refusals were not told is told with the next.
 */
export class RefusedClients {
  readonly #clock: Clock
  readonly #where: string
  readonly #told = new Set<string>()
  #untold = 0
  #periodEndsAt = -Infinity

  /** `where` is the endpoint, for people. */
  constructor(clock: Clock, where: string) {
    this.#clock = clock
    this.#where = where
  }

  tell({ address = 'an address that is gone', reason }: Refusal): void {
    const now = this.#clock.now()
    if (now >= this.#periodEndsAt) {
      this.#periodEndsAt = now + PERIOD_MS
      this.#told.clear()
    }
    const client = `${clientOf(address)} ${reason}`
    if (this.#told.has(client) || this.#told.size >= CLIENTS_MAX) return void this.#untold++
    this.#told.add(client)
    const others = this.#untold > 0 ? `; ${this.#untold} refusals before were not told` : ''
    const message = `A client of ${address} is refused at ${this.#where}: ${meaningOf(reason)}${others}`
    publish('endpoint', {
      level: 'warn',
      event: 'client.refused',
      message,
      endpoint: this.#where,
      address,
      reason,
      untold: this.#untold,
    })
    this.#untold = 0
  }
}

/** What OpenSSL's code for what is wrong with a certificate, or with that there is none, means to who reads the log. */
const MEANINGS: Readonly<Record<string, string>> = {
  ERR_SSL_PEER_DID_NOT_RETURN_A_CERTIFICATE: 'it shows no certificate',
  CERT_HAS_EXPIRED: 'its certificate has expired',
  CERT_NOT_YET_VALID: 'its certificate is not valid yet',
  CERT_REVOKED: 'its certificate is in the list of those that are revoked',
  CRL_HAS_EXPIRED: 'the list of revoked certificates has expired, so nobody is let in',
  UNABLE_TO_GET_CRL: 'there is no list of revoked certificates of its authority',
}

function meaningOf(reason: string): string {
  if (Object.hasOwn(MEANINGS, reason)) return `${MEANINGS[reason]} (${reason})`
  return `its certificate is not one that an authority of ca= vouches for (${reason})`
}
