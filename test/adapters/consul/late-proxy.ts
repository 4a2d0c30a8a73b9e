import { createServer, request as ask, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { TestContext } from 'node:test'

/** Stands before a Consul, and can keep a registration back, which gets there later though its sender has gone. */
export class LateProxy {
  readonly #server = createServer((request, response) => void this.#pass(request, response))
  readonly #consulPort: number
  #hold: ((release: () => Promise<void>) => void) | undefined

  private constructor(consulPort: number) {
    this.#consulPort = consulPort
  }

  /** On a port of 127.0.0.1, until the test is over. */
  static async listen(t: TestContext, consulPort: number): Promise<LateProxy> {
    const proxy = new LateProxy(consulPort)
    t.after(() => {
      proxy.#server.closeAllConnections()
      proxy.#server.close()
    })
    await new Promise<void>(resolve => proxy.#server.listen(0, '127.0.0.1', resolve))
    return proxy
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port
  }

  /** Resolves when the next registration is here, with the function that passes it on and resolves when Consul has carried it out. */
  holdRegistration(): Promise<() => Promise<void>> {
    const { promise, resolve } = Promise.withResolvers<() => Promise<void>>()
    this.#hold = resolve
    return promise
  }

  async #pass(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    const send = () => this.#send(request, { body: Buffer.concat(chunks), response })
    const hold = request.url?.startsWith('/v1/agent/service/register') ? this.#hold : undefined
    if (!hold) return send()
    this.#hold = undefined
    hold(send)
  }

  async #send(
    { method, url, headers }: IncomingMessage,
    { body, response }: { body: Buffer; response: ServerResponse },
  ): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>()
    const passed = ask({ port: this.#consulPort, host: '127.0.0.1', method, path: url, headers }, answer => {
      response.writeHead(answer.statusCode ?? 502, answer.headers)
      answer.pipe(response)
      answer.on('end', resolve)
    })
    passed.on('error', () => {
      response.destroy()
      resolve()
    })
    passed.end(body)
    await promise
  }
}
