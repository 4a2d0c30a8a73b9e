import { isObserved, publish, type RopewalkEvent } from '../../core/event.ts'
import type { Change, ChangeKind } from './change.ts'

/** What an operator wants to know even when nothing else is asked for: signs that something went wrong. */
const LEVELS: Partial<Record<ChangeKind, RopewalkEvent['level']>> = {
  late: 'warn',
  suspect: 'warn',
  lapsed: 'warn',
  disconnected: 'warn',
  unstored: 'warn',
  forgotten: 'info',
  removed: 'info',
  replaced: 'info',
}

/** Publishes what happened to an instance as an event: `instance.joined`, `instance.suspect`, … What goes as it should is of level `debug`. */
export function announce(serviceName: string, { kind, id, revision, holder }: Change): void {
  if (!isObserved('registry')) return
  const message = `Instance ${id} of ${serviceName}: ${kind}`
  publish('registry', {
    level: LEVELS[kind] ?? 'debug',
    event: `instance.${kind}`,
    message,
    serviceName,
    id,
    revision,
    holder,
  })
}
