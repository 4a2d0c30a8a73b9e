import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { publish } from '../core/event.ts'
import { messageOf } from './errors.ts'

/** How long the messenger may take. */
const NOTIFY_MS_MAX = 5_000

/**
 * Tells systemd how this process does (`READY=1`, `STOPPING=1`), when it was started with `Type=notify`, that is with `NOTIFY_SOCKET` set. Node
 * has no datagram sockets of the `unix` kind, so the message goes by the program `systemd-notify`; the unit needs `NotifyAccess=all`,
 * because the sender is a child. Never rejects: what goes wrong is told as `service.notify-failed`.
 */
export async function notifySystemd(state: 'READY=1' | 'STOPPING=1', status: string): Promise<void> {
  if (!process.env['NOTIFY_SOCKET']) return
  try {
    const words = [`--pid=${process.pid}`, state, `STATUS=${status}`]
    await promisify(execFile)('systemd-notify', words, { timeout: NOTIFY_MS_MAX })
  } catch (error) {
    const message = `systemd could not be told ${state}: ${messageOf(error)}`
    publish('service', { level: 'warn', event: 'service.notify-failed', message, state, error })
  }
}
