import { abortingCases } from './aborting.ts'
import { closingCases } from './closing.ts'
import { conflictCases } from './conflicts.ts'
import { drainCases } from './draining.ts'
import { interruptionCases } from './interruptions.ts'
import { leaseCases } from './leases.ts'
import { limitCases } from './limits.ts'
import { loadCases } from './load.ts'
import { raceCases } from './races.ts'
import { registrationCases } from './registration.ts'
import { restartCases } from './restarts.ts'
import { serviceNameCases } from './service-names.ts'
import { watchCases } from './watching.ts'
import { registrantCases } from './registrants.ts'
import type { RegistryCases } from './registry-case.ts'

/** All that registrySuite tries, in its groups. */
export const REGISTRY_CASES: Readonly<Record<string, RegistryCases>> = {
  registers: registrationCases,
  'keeps to limits': limitCases,
  watches: watchCases,
  'watches under load': loadCases,
  'keeps leases': leaseCases,
  'serves Registrants': registrantCases,
  'tells writers of one id apart': conflictCases,
  'knows service names': serviceNameCases,
  drains: drainCases,
  'survives races': raceCases,
  'heeds signals': abortingCases,
  closes: closingCases,
  'survives interruptions': interruptionCases,
  'survives restarts': restartCases,
}
