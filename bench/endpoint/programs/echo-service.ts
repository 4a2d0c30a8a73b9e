import type { Socket } from 'node:net'
import { BaseService } from '../../../src/application/base-service.ts'
import { listen } from '../../../src/endpoint/listen.ts'
import type { Listener } from '../../../src/endpoint/listener.ts'
import { answer } from '../../harness/answer.ts'

/* A Service that listens on an endpoint and echoes. */

class EchoService extends BaseService {
  #listener: Listener | undefined
  readonly #sockets = new Set<Socket>()

  get port(): number {
    return Number(new URL(this.#listener?.url ?? '').port)
  }

  protected override async onBind(): Promise<void> {
    this.#listener = await listen('tcp:0:interface=127.0.0.1')
  }

  protected override onStart(): void {
    this.#listener?.accept(socket => this.#echo(socket))
  }

  protected override async onStop(): Promise<void> {
    await this.#listener?.close()
    for (const socket of this.#sockets) socket.destroy()
  }

  #echo(socket: Socket): void {
    this.#sockets.add(socket)
    socket.once('close', () => this.#sockets.delete(socket))
    socket.on('error', () => socket.destroy())
    socket.pipe(socket)
  }
}

const service = new EchoService('echo')
await service.start()
answer({ port: service.port })
