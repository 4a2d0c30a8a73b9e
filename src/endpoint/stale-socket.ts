import { lstat, unlink } from 'node:fs/promises'
import { connect } from 'node:net'
import { timeLimit } from '../core/abort.ts'
import type { Clock } from '../core/clock.ts'
import { publish } from '../core/event.ts'
import { SocketPathError } from './errors.ts'

/** How long a process may take to accept before its socket counts as alive anyhow. */
const PROBE_MS = 1000

/**
 * Removes the socket file at `path` if nobody listens there any more (the process that did was killed), which is when connecting is
 * refused. False, and nothing is touched, if somebody does, or if it cannot be known. Rejects with SocketPathError if the file is not
 * a socket. The file removed is the one that was tried: should another process bind the path meanwhile, that is left alone.
 */
export async function removeStaleSocket(path: string, clock: Clock): Promise<boolean> {
  const found = await identify(path)
  if (found === undefined) return true
  if (await answers(path, clock)) return false
  if ((await identify(path)) !== found) return false
  await unlink(path)
  publish('endpoint', {
    level: 'info',
    event: 'socket.removed',
    message: `Removed ${path}, left behind by a process that is gone`,
    path,
  })
  return true
}

async function identify(path: string): Promise<string | undefined> {
  const file = await lstat(path, { bigint: true }).catch(() => undefined)
  if (!file) return undefined
  if (!file.isSocket()) throw new SocketPathError(path)
  return `${file.dev}/${file.ino}/${file.ctimeNs}`
}

async function answers(path: string, clock: Clock): Promise<boolean> {
  using limit = timeLimit(clock, PROBE_MS)
  const { promise, resolve } = Promise.withResolvers<boolean>()
  const socket = connect(path)
  socket.once('connect', () => resolve(true))
  socket.once('error', (error: NodeJS.ErrnoException) =>
    resolve(error.code !== 'ECONNREFUSED' && error.code !== 'ENOENT'),
  )
  limit.signal.addEventListener('abort', () => resolve(true), { once: true })
  try {
    return await promise
  } finally {
    socket.destroy()
  }
}
