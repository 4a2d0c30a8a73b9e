import { once } from 'node:events'
import { connect } from 'node:net'
import { fileURLToPath } from 'node:url'
import { EngineServer } from '../../tools/engines/servers/engine-server.ts'
import type { ServerProgram } from './server-contender.ts'

/**
 * Starts `file` by the engine Twisted with a free port as its argument, and waits until it accepts connections there. Rejects with
 * `EngineMissingError` when Twisted is not installed.
 */
export async function twistedProgram(file: URL): Promise<ServerProgram> {
  const server = await EngineServer.start<'tcp'>({
    engine: 'twisted',
    ports: ['tcp'],
    arguments: async ({ ports }) => [fileURLToPath(file), String(ports.tcp)],
    isReady: ({ ports }, signal) => accepts(ports.tcp, signal),
  })
  return engineProgram(server, 'tcp')
}

/** An engine as what is measured. */
export function engineProgram<Port extends string>(server: EngineServer<Port>, port: Port): ServerProgram {
  return { port: server.ports[port], cpuMs: () => server.cpuMs(), close: () => server.stop() }
}

async function accepts(port: number, signal: AbortSignal): Promise<boolean> {
  const socket = connect({ port, host: '127.0.0.1', signal })
  await once(socket, 'connect')
  socket.destroy()
  return true
}
