import { once } from 'node:events'
import { createServer, type AddressInfo } from 'node:net'
import { type Random, systemRandom } from '../../core/random.ts'

/** Below what Linux (from 32,768), macOS and Windows (from 49,152) give to connections, which would take a port before it is used. */
const LOWEST = 20_000
const PORTS = 12_768

/** How many are tried before the system is left to choose. */
const ATTEMPTS = 50

/**
 * A port of 127.0.0.1 that nothing listens on just now, and that no connection takes by chance until somebody listens on it: also not while a
 * server that had it is started again.
 */
export async function freePort(random: Random = systemRandom): Promise<number> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const port = await bindBriefly(LOWEST + Math.floor(random.next() * PORTS))
    if (port !== undefined) return port
  }
  const port = await bindBriefly(0)
  if (port === undefined) throw new Error('No port of 127.0.0.1 is free')
  return port
}

async function bindBriefly(wanted: number): Promise<number | undefined> {
  const server = createServer().listen(wanted, '127.0.0.1')
  const bound = await once(server, 'listening').then(
    () => true,
    () => false,
  )
  if (!bound) return undefined
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}
