import type { Instance } from '../instance.ts'

/** What an Instance takes beside its texts when it is sent: braces, field names, numbers. */
const FIXED_BYTES = 120

/** About how many bytes an Instance takes when it is sent, with all but its status, which changes nothing of it. The same for the same Instance. */
export function instanceBytes({ id, endpoints, zone, version, tags, metadata }: Instance): number {
  let bytes = FIXED_BYTES + id.length + zone.length + version.length
  for (const endpoint of endpoints) bytes += endpoint.length
  for (const tag of tags) bytes += tag.length
  for (const key in metadata) bytes += key.length + Buffer.byteLength(metadata[key] ?? '')
  return bytes
}
