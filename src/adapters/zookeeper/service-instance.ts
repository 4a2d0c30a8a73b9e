import { createInstance } from '../../discovery/create-instance.ts'
import { InvalidInstanceError } from '../../discovery/errors.ts'
import type { InstanceKey } from '../../discovery/engine/engine.ts'
import type { Instance } from '../../discovery/instance.ts'
import { fromCuratorLocation, toCuratorAddress, type CuratorLocation } from './curator-endpoints.ts'

/** What a Java program is to find as the payload of an Instance: in the form its class demands, with the class as `@class`. */
export type PayloadOf = (instance: Instance) => unknown

/** What Apache Curator's service discovery has in a node; anything may be missing that others wrote. `ropewalk` is ours: Curator passes over it. */
interface ServiceInstanceJson extends CuratorLocation {
  readonly payload?: unknown
  readonly registrationTimeUTC?: number
  /** Only written when false: Curator before 2.12 does not know it. */
  readonly enabled?: boolean
  readonly ropewalk?: (Partial<Instance> & { readonly holder?: unknown }) | null
}

/** The data of the node of an Instance. What Curator's fields say is not said again in `ropewalk`, nor what has its default. `holder`: on whose behalf it is held. */
export function encodeInstance(instance: Instance, payloadOf: PayloadOf, holder?: string): Buffer {
  const { serviceName: name, id, endpoints, startedAt, status } = instance
  const location = toCuratorAddress(endpoints)
  const json = {
    name,
    id,
    ...location,
    payload: payloadOf(instance) ?? null,
    registrationTimeUTC: Math.round(startedAt),
    serviceType: 'DYNAMIC',
    uriSpec: null,
    ...(status === 'draining' && { enabled: false }),
    ropewalk: { ...ownFields(instance, fromCuratorLocation(location)), holder },
  }
  return Buffer.from(JSON.stringify(json))
}

/**
 * The Instance that the data of a node tells of; `key` is what the node is called. Of one that Ropewalk did not write, the payload becomes metadata: its
 * `metadata` as Spring Cloud has it, or else its plain fields. Throws `InvalidInstanceError` when it tells of none.
 */
export function decodeInstance(data: Buffer, key: InstanceKey): Instance {
  const { payload, registrationTimeUTC = 0, enabled, ropewalk, ...location } = parsed(data)
  const endpoints = fromCuratorLocation(location)
  const own = ropewalk ?? { metadata: metadataOf(payload) }
  const status = enabled === false ? 'draining' : 'ready'
  return createInstance({ endpoints, startedAt: registrationTimeUTC, ...own, ...key, status })
}

/** On whose behalf the node with these data is held; undefined where they do not say. */
export function holderIn(data: Buffer): string | undefined {
  const { ropewalk } = (valueOf(data.toString()) ?? {}) as Partial<ServiceInstanceJson>
  return typeof ropewalk?.holder === 'string' ? ropewalk.holder : undefined
}

function ownFields(instance: Instance, told: readonly string[]): Partial<Instance> {
  const { endpoints, weight, zone, version, tags, metadata, startedAt } = instance
  return {
    ...(told.join(' ') !== endpoints.join(' ') && { endpoints }),
    ...(weight !== 1 && { weight }),
    ...(zone !== '' && { zone }),
    ...(version !== '' && { version }),
    ...(tags.length > 0 && { tags }),
    ...(Object.keys(metadata).length > 0 && { metadata }),
    ...(!Number.isInteger(startedAt) && { startedAt }),
  }
}

function parsed(data: Buffer): ServiceInstanceJson {
  const text = data.toString()
  const value = valueOf(text)
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as ServiceInstanceJson
  throw new InvalidInstanceError('data', text, "the JSON of Apache Curator's service discovery")
}

function valueOf(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return undefined
  }
}

/** What of a foreign payload can be metadata: texts, numbers and truth values by their names, but for Java's own `@class`. */
function metadataOf(payload: unknown): Record<string, string> {
  if (typeof payload === 'string') return { payload }
  if (typeof payload !== 'object' || payload === null) return {}
  const { metadata, ...fields } = payload as Record<string, unknown>
  const source = typeof metadata === 'object' && metadata !== null ? metadata : fields
  const plain = Object.entries(source).filter(([key, value]) => key !== '' && key !== '@class' && isPlain(value))
  return Object.fromEntries(plain.map(([key, value]) => [key, String(value)]))
}

function isPlain(value: unknown): boolean {
  return ['string', 'number', 'boolean'].includes(typeof value)
}
