import { publish } from '../core/event.ts'

/**
 * Calls `reload` at each SIGHUP, until the returned function is called. What it throws is told as the event `configuration.refused`, with the
 * configuration as it was; that it was read, as `configuration.reloaded`.
 */
export function reloadAtHangup(reload: () => void): () => void {
  const onHangup = () => {
    try {
      reload()
      publish('daemon', {
        level: 'info',
        event: 'configuration.reloaded',
        message: 'The configuration was read again',
      })
    } catch (error) {
      const message = `The configuration was read again and is not used: ${(error as Error).message}`
      publish('daemon', { level: 'error', event: 'configuration.refused', message, error })
    }
  }
  process.on('SIGHUP', onHangup)
  return () => void process.off('SIGHUP', onHangup)
}
