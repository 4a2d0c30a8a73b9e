import { publish } from '../core/event.ts'
import { InstanceConflictError } from './errors.ts'
import type { UpkeepEvent } from './upkeep.ts'

/** Whom a report is about. */
export interface UpkeepSubject {
  readonly serviceName: string
  readonly id: string
  /** Whether the last thing reported was a failure: the next ones in a row are told less loudly. */
  readonly failing: boolean
}

/** Tells on area `discovery` what happened to a claim. */
export function reportUpkeep(event: UpkeepEvent, { serviceName, id, failing }: UpkeepSubject): void {
  const subject = `"${id}" of "${serviceName}"`
  switch (event.type) {
    case 'registered':
    case 'updated':
    case 'withdrawn': {
      const { endpoints, weight } = event.instance
      const message = `The instance ${subject} was ${event.type}`
      const facts = { serviceName, id, endpoints, weight }
      return publish('discovery', { level: 'info', event: `instance.${event.type}`, message, ...facts })
    }
    case 'renewed':
      return publish('discovery', {
        level: 'debug',
        event: 'instance.renewed',
        message: `The lease on ${subject} was renewed`,
        serviceName,
        id,
      })
    case 'lost': {
      const { error } = event
      const message = `The lease on ${subject} was lost: registering again`
      return publish('discovery', { level: 'warn', event: 'instance.lost', message, serviceName, id, error })
    }
    case 'failed': {
      const { error } = event
      const level = failing ? 'debug' : 'warn'
      const message = `The registry did not take what is to be said of ${subject}: trying again. ${describe(error)}`
      return publish('discovery', { level, event: failureName(error), message, serviceName, id, error })
    }
  }
}

function failureName(error: unknown): string {
  return error instanceof InstanceConflictError ? 'instance.conflict' : 'instance.failed'
}

function describe(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
