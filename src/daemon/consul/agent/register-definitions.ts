import type { ConsulDefinitions } from '../consul-options.ts'
import { decodeBody } from '../go/decode.ts'
import type { Agent } from './agent.ts'
import { type CheckFields, OWN_CHECK_SHAPE, validateCheck, withoutAliases } from './check-definition.ts'
import { SERVICE_SHAPE, serviceDefinition, type ServiceFields } from './service-definition.ts'

/** Registers what a configuration says. Throws `ConsulRefusedError` for the first thing that is not valid. */
export function registerDefinitions(agent: Agent, { services, checks }: ConsulDefinitions): void {
  for (const service of services) {
    const fields = decodeBody(JSON.stringify(service), SERVICE_SHAPE) as ServiceFields
    agent.registerService(serviceDefinition(fields, agent.node), { replaceChecks: true, isConfigured: true })
  }
  for (const check of checks) {
    const fields = withoutAliases(decodeBody(JSON.stringify(check), OWN_CHECK_SHAPE) as CheckFields)
    validateCheck(fields)
    agent.registerCheck(fields, { isConfigured: true })
  }
}
