/** One instance in an answer of `/v1/health/service/NAME`, as far as Ropewalk reads it. */
export interface ServiceEntry {
  readonly Node: { readonly Node: string; readonly Address: string }
  readonly Service: {
    readonly ID: string
    readonly Service: string
    readonly Tags: readonly string[] | null
    readonly Address: string
    readonly Port: number
    readonly Meta: Readonly<Record<string, string>> | null
    readonly Weights?: { readonly Passing: number; readonly Warning: number }
    readonly ModifyIndex: number
  }
  readonly Checks: readonly ServiceCheck[]
}

/** One check of an instance or of the node it is on. */
export interface ServiceCheck {
  readonly CheckID: string
  readonly Status: string
  readonly Notes: string
}

/** What the checks say of an instance, the worst first. */
export type EntryState = 'critical' | 'maintenance' | 'warning' | 'passing'

/** The checks that Consul adds while an operator has a service, or the whole node, under maintenance. */
const MAINTENANCE = /^_(?:node|service)_maintenance/

/**
 * What the checks say, of the node too. One that is critical makes it so, whether or not there is another state that Consul comes to have;
 * maintenance is told apart, for then an operator takes it out while it works.
 */
export function stateOf({ Checks }: ServiceEntry): EntryState {
  let state: EntryState = 'passing'
  for (const { CheckID, Status } of Checks) {
    if (Status === 'passing') continue
    if (MAINTENANCE.test(CheckID)) state = 'maintenance'
    else if (Status !== 'warning') return 'critical'
    else if (state === 'passing') state = 'warning'
  }
  return state
}
