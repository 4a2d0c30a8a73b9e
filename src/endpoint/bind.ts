import { existsSync } from 'node:fs'
import { chmod } from 'node:fs/promises'
import type { ListenOptions, Server } from 'node:net'
import { dirname } from 'node:path'
import { isMainThread } from 'node:worker_threads'
import type { Clock } from '../core/clock.ts'
import type { Endpoint, UnixEndpoint } from './endpoint.ts'
import { AddressInUseError, InterfaceError, ListenError, ListenPermissionError, SocketPathError } from './errors.ts'
import { formatEndpoint } from './parse-endpoint.ts'
import { removeStaleSocket } from './stale-socket.ts'

/** Binds `server` to `endpoint`. Rejects with an error that says what is in the way; the server is then as before. */
export async function bind(server: Server, endpoint: Endpoint, clock: Clock): Promise<void> {
  try {
    if (endpoint.scheme === 'unix') await bindPath(server, endpoint, clock)
    else
      await bindOnce(server, {
        port: endpoint.port,
        ...(endpoint.host && { host: endpoint.host }),
        ...backlog(endpoint),
      })
  } catch (error) {
    throw listenProblem(endpoint, error)
  }
}

async function bindPath(server: Server, endpoint: UnixEndpoint, clock: Clock): Promise<void> {
  const { path, mode } = endpoint
  const attempt = () => withUmask(mode, () => bindOnce(server, { path, ...backlog(endpoint) }))
  try {
    await attempt()
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE' || !(await removeStaleSocket(path, clock))) throw error
    await attempt()
  }
  if (mode !== undefined) await chmod(path, mode)
}

function backlog(endpoint: Endpoint): ListenOptions {
  return endpoint.backlog === undefined ? {} : { backlog: endpoint.backlog }
}

function bindOnce(server: Server, options: ListenOptions): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  server.once('listening', resolve).once('error', reject).listen(options)
  return promise.finally(() => server.off('listening', resolve).off('error', reject))
}

/** Makes the file with no more rights than `mode` from its first moment on; a worker thread cannot, and `chmod` follows anyway. */
function withUmask<T>(mode: number | undefined, make: () => T): T {
  if (mode === undefined || !isMainThread) return make()
  const umask = process.umask(0o777 & ~mode)
  try {
    return make()
  } finally {
    process.umask(umask)
  }
}

/** The error that says what was in the way of listening on `endpoint`, of the system's `cause`. */
export function listenProblem(endpoint: Endpoint, cause: unknown): unknown {
  if (cause instanceof SocketPathError) return cause
  const { code = '' } = cause as NodeJS.ErrnoException
  const where = formatEndpoint(endpoint)
  if (code === 'EADDRINUSE') return new AddressInUseError(where, { cause })
  if (code === 'EACCES' || code === 'EPERM') {
    if (endpoint.scheme !== 'unix' || existsSync(dirname(endpoint.path)))
      return new ListenPermissionError(where, { cause })
    return new ListenError(where, {
      cause: new Error('the folder does not exist; make it, or choose another path', { cause }),
    })
  }
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND' || code.startsWith('EAI_'))
    return new InterfaceError(where, { cause })
  return new ListenError(where, { cause })
}
