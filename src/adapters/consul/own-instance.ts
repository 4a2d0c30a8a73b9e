import { createInstance } from '../../discovery/create-instance.ts'
import type { Instance } from '../../discovery/instance.ts'
import { CHECK_PREFIX, ID_KEY, RECORD_KEY, type InstanceNotes, type InstanceRecord } from './record.ts'
import type { EntryState, ServiceEntry } from './service-entry.ts'

/** The Instance that Ropewalk registered as `entry`. Throws when somebody has changed it so that it is none any more. */
export function ownInstance(
  serviceName: string,
  entry: ServiceEntry,
  { record, state }: { record: InstanceRecord; state: EntryState },
): Instance {
  const { Service, Node } = entry
  const meta = Service.Meta ?? {}
  const notes = notesIn(entry)
  const host = Service.Address || Node.Address
  return createInstance({
    serviceName,
    id: meta[ID_KEY] ?? Service.ID.slice(serviceName.length + 1),
    endpoints: notes.endpoints ?? [`tcp://${host.includes(':') ? `[${host}]` : host}:${Service.Port}`],
    weight: record.weight ?? Service.Weights?.Passing ?? 1,
    zone: meta['zone'] ?? '',
    version: meta['version'] ?? '',
    tags: Service.Tags ?? [],
    metadata: Object.fromEntries([...plainMetadata(meta), ...Object.entries(notes.metadata ?? {})]),
    startedAt: record.startedAt,
    status: record.draining || state === 'maintenance' ? 'draining' : 'ready',
  })
}

function notesIn({ Checks }: ServiceEntry): InstanceNotes {
  const notes = Checks.find(({ CheckID }) => CheckID.startsWith(CHECK_PREFIX))?.Notes
  return notes ? (JSON.parse(notes) as InstanceNotes) : {}
}

const OWN_KEYS = new Set([RECORD_KEY, ID_KEY, 'zone', 'version'])

function plainMetadata(meta: Readonly<Record<string, string>>): [string, string][] {
  return Object.entries(meta).filter(([key]) => !OWN_KEYS.has(key))
}
