import type { NameRules } from './question-name.ts'

/** How DNS answers, as far as it can be chosen. */
export interface DnsSettings extends NameRules {
  /** How long answers may be kept, in seconds. */
  readonly ttlS: number
  /** The most answers by UDP to those who do not say how much they can take. */
  readonly udpAnswersMax: number
  /** Whether an answer that does not have everything says so, so that clients ask again by TCP. */
  readonly truncate: boolean
  /** The node that answers, named as the server of its domains. */
  readonly nodeName: string
  /** Whether names of others can be asked for, because there is somebody to ask. */
  readonly recurses: boolean
}
