import { EndpointGrammar, type Scheme } from '../endpoint/grammar.ts'
import { escapeField } from '../endpoint/fields.ts'
import { validateServiceName } from '../discovery/create-instance.ts'

/** Whatever Instance of a service is picked: `service:users`. To connect to, not to listen on. */
export interface ServiceEndpoint {
  readonly scheme: 'service'
  readonly serviceName: string
}

const service: Scheme<ServiceEndpoint> = {
  parse(fields) {
    const name = fields.need(fields.value() ?? fields.option('name', 'host'), 'a service name')
    fields.check(name, isServiceName(name.value), 'a service name: 1 to 255 bytes without control characters and "/"')
    fields.finish('name=')
    return { scheme: 'service', serviceName: name.value }
  },
  print: ({ serviceName }) => `service:${escapeField(serviceName)}`,
}

/** Reads and writes `service:` endpoints. To understand other schemes as well, make an EndpointGrammar of theirs and this one. */
export const serviceSchemes = { service }

/** Reads and writes `service:` endpoints. */
export const serviceGrammar = new EndpointGrammar<ServiceEndpoint>(serviceSchemes)

function isServiceName(text: string): boolean {
  try {
    validateServiceName(text)
    return true
  } catch {
    return false
  }
}
