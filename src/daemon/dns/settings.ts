import type { NameRules } from './question-name.ts'

/** How DNS answers, as far as it can be chosen. */
export interface DnsSettings extends NameRules {
  /** How long answers may be kept of which nothing else is said, in seconds. */
  readonly ttlS: number
  /** How long those of machines may be kept, and of addresses by name, in seconds. */
  readonly nodeTtlS: number
  /** How long those of a service may be kept, in seconds; its name comes in lower case. */
  readonly serviceTtlS: (serviceName: string) => number
  /** The most addresses in an answer to a question for addresses, however it is sent. */
  readonly addressesMax: number
  /** What is told of the domains themselves. */
  readonly authority: AuthorityTimes
  /** The most answers by UDP to those who do not say how much they can take. */
  readonly udpAnswersMax: number
  /** Whether an answer that does not have everything says so, so that clients ask again by TCP. */
  readonly truncate: boolean
  /** The node that answers, named as the server of its domains. */
  readonly nodeName: string
  /** Whether names of others can be asked for, because there is somebody to ask. */
  readonly recurses: boolean
}

/** Times of a domain, in seconds: how often secondary servers look, look again and give up, and how long a negative answer may be kept. */
export interface AuthorityTimes {
  readonly refreshS: number
  readonly retryS: number
  readonly expireS: number
  readonly negativeTtlS: number
}
