import { createHash } from 'node:crypto'
import { createInstance } from '../../discovery/create-instance.ts'
import type { Instance } from '../../discovery/instance.ts'
import type { EntryState, ServiceEntry } from './service-entry.ts'

/** What Ropewalk takes at most of what others register. */
const LIMITS = { idBytes: 255, tags: 64, tagBytes: 255 }

/**
 * The Instance that something else registered as `entry`. Its id is `node:id`, for ids in Consul are unique within a node only; `zone` and
 * `version` are those of its `Meta`, if there; a warning gives it the weight that Consul has for that. Undefined if it has no port: nobody
 * could connect to it. Throws when it cannot be an Instance for another reason.
 */
export function foreignInstance(serviceName: string, entry: ServiceEntry, state: EntryState): Instance | undefined {
  const { Node, Service } = entry
  if (Service.Port === 0) return undefined
  const { zone = '', version = '', ...metadata } = Service.Meta ?? {}
  const host = Service.Address || Node.Address
  const weights = Service.Weights ?? { Passing: 1, Warning: 1 }
  return createInstance({
    serviceName,
    id: idOf(`${Node.Node}:${Service.ID}`),
    endpoints: [`tcp://${host.includes(':') ? `[${host}]` : host}:${Service.Port}`],
    weight: state === 'warning' ? weights.Warning : weights.Passing,
    zone,
    version,
    tags: (Service.Tags ?? []).filter(isTag).slice(0, LIMITS.tags),
    metadata,
    startedAt: 0,
    status: state === 'maintenance' ? 'draining' : 'ready',
  })
}

/** Ids in Consul may have any characters and any length. */
function idOf(text: string): string {
  const escaped = text.replace(/[/%\p{Cc}]/gu, encodeURIComponent)
  const isShort = Buffer.byteLength(escaped) <= LIMITS.idBytes
  return isShort ? escaped : createHash('sha256').update(text).digest('hex')
}

function isTag(tag: string): boolean {
  return tag !== '' && Buffer.byteLength(tag) <= LIMITS.tagBytes && !/\p{Cc}/u.test(tag)
}
