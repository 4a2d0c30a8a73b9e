import { isDeepStrictEqual, styleText } from 'node:util'
import type { Instance } from '../discovery/instance.ts'
import type { InstanceSet } from '../discovery/instance-set.ts'

/**
 * What has changed from one set to the next, a line each with the time of day: `+` joined, `~` changed (with what), `-` left. The first
 * set is shown whole, after a line that says how many there are. Empty when only the revision has changed.
 */
export function formatChanges(before: InstanceSet | undefined, after: InstanceSet, wallTime: number): string {
  const time = styleText('dim', new Date(wallTime).toTimeString().slice(0, 8))
  const old = new Map(before?.instances.map(instance => [instance.id, instance]))
  const present = new Set(after.instances.map(({ id }) => id))
  const lines = [
    ...(before ? [] : [headline(after)]),
    ...after.instances.map(instance => changeOf(old.get(instance.id), instance)),
    ...[...old.values()].filter(({ id }) => !present.has(id)).map(({ id }) => styleText('red', `- ${id}`)),
  ]
  return lines.flatMap(line => (line === '' ? [] : `${time} ${line}`)).join('\n')
}

function headline({ serviceName, instances, known }: InstanceSet): string {
  return known ? `${serviceName}: ${instances.length} instances` : `${serviceName}: not known yet`
}

function changeOf(before: Instance | undefined, after: Instance): string {
  if (!before) return styleText('green', `+ ${after.id} ${after.endpoints.join(' ')} ${after.status}`)
  const fields = (Object.keys(after) as (keyof Instance)[]).filter(
    field => !isDeepStrictEqual(before[field], after[field]),
  )
  if (fields.length === 0) return ''
  const changes = fields.map(field => `${field} ${JSON.stringify(before[field])} → ${JSON.stringify(after[field])}`)
  return styleText('yellow', `~ ${after.id} ${changes.join(', ')}`)
}
