import { once } from 'node:events'
import { connect } from 'node:net'
import { sleep } from '../../core/abort.ts'
import { systemClock, type Clock } from '../../core/clock.ts'

/** Pause between two attempts. */
const PAUSE_MS = 50

/** Where to connect. */
export interface PortOptions {
  signal: AbortSignal
  host: string
  port: number
  clock?: Clock
}

/** Waits until something accepts connections there. Gives up only with the signal. */
export async function untilPortAnswers({ host, port, signal, clock = systemClock }: PortOptions): Promise<void> {
  while (!(await answers(host, port, signal))) await sleep(clock, PAUSE_MS, { signal })
}

async function answers(host: string, port: number, signal: AbortSignal): Promise<boolean> {
  const socket = connect({ host, port })
  try {
    await once(socket, 'connect', { signal })
    return true
  } catch {
    signal.throwIfAborted()
    return false
  } finally {
    socket.destroy()
  }
}
