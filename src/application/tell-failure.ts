import { publish } from '../core/event.ts'

/** Tells that the service at `path` failed, where nobody who waits for it is told. */
export function tellFailure(path: string, { error, message }: { error: unknown; message: string }): void {
  publish('service', { level: 'warn', event: 'service.failed', message, path, error })
}
