import { folded } from './folded.ts'
import type { Mesh } from './mesh.ts'

/** Texts by name; null where nothing was said, which Consul tells apart from an empty object. */
export type Texts = Readonly<Record<string, string>> | null

/** A machine, as Consul shows it. */
export interface NodeRow {
  readonly ID: string
  readonly Node: string
  readonly Address: string
  readonly Datacenter: string
  readonly TaggedAddresses: Texts
  readonly Meta: Texts
  readonly CreateIndex: number
  readonly ModifyIndex: number
}

/** Where a service is reached from somewhere else. */
export interface ServiceAddress {
  readonly Address: string
  readonly Port: number
}

/** An instance of a service on a node, in the fields that Consul shows of it in different forms. */
export interface ServiceRow extends Mesh {
  readonly Node: string
  readonly ID: string
  readonly Service: string
  readonly Tags: readonly string[]
  readonly Address: string
  readonly TaggedAddresses?: Readonly<Record<string, ServiceAddress>>
  readonly Meta: Texts
  readonly Port: number
  readonly Weights: { readonly Passing: number; readonly Warning: number }
  readonly EnableTagOverride: boolean
  /** Whether it was registered at the agent, which runs its checks, or written to the catalog. */
  readonly isLocal: boolean
  /** Whether it came with another service, with which it goes. */
  readonly isSidecar?: true
  readonly CreateIndex: number
  readonly ModifyIndex: number
}

/** How well something is, as Consul says it. The catalog takes any text. */
export type CheckStatus = 'passing' | 'warning' | 'critical'

/** What is known of one check, as Consul shows it. */
export interface CheckRow {
  readonly Node: string
  readonly CheckID: string
  readonly Name: string
  readonly Status: string
  readonly Notes: string
  readonly Output: string
  /** Empty for a check of the node. */
  readonly ServiceID: string
  readonly ServiceName: string
  readonly ServiceTags: readonly string[]
  readonly Type: string
  readonly Definition: Readonly<Record<string, unknown>>
  readonly CreateIndex: number
  readonly ModifyIndex: number
}

/** One instance with all that says how it is: its node's checks, then its own. */
export interface ServiceEntry {
  readonly node: NodeRow
  readonly service: ServiceRow
  readonly checks: readonly CheckRow[]
}

/** The key that was made last: one write asks for the same several times, and a text costs more to make and to hash than a row to find. */
let last = { node: '', id: '', key: '\0' }

/** The key of what belongs to a node. Case does not matter to names and ids. */
export function keyOn(node: string, id: string): string {
  if (node !== last.node || id !== last.id) last = { node, id, key: folded(`${node}\0${id}`) }
  return last.key
}
