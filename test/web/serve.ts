import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import type { TestContext } from 'node:test'
import { observe, type RopewalkEvent } from '../../src/core/event.ts'
import type { FetchFunction } from '../../src/web/fetch-handler.ts'
import { nodeHandler, type NodeListener, type SiteHandler } from '../../src/web/site-handler.ts'
import { Site, type SiteOptions } from '../../src/web/site.ts'
import { eventually } from '../endpoint/eventually.ts'

/** A Site on loopback that is started, and stopped after the test. */
export async function serve(
  t: TestContext,
  handler: FetchFunction | SiteHandler,
  options?: SiteOptions,
): Promise<Site> {
  const site = new Site('tcp:0:interface=127.0.0.1', handler, options)
  await site.start()
  t.after(() => site.stop({ deadlineMs: 0 }).catch(() => {}))
  return site
}

/** The same with a `(request, response)` function; its URL. */
export async function serveNode(t: TestContext, listener: NodeListener, options?: SiteOptions): Promise<string> {
  return urlOf(await serve(t, nodeHandler(listener), options))
}

/** Where `fetch` finds the site. */
export function urlOf(site: Site): string {
  return (site.endpoints[0] ?? '').replace('tcp:', 'http:')
}

/** What `ropewalk:web` tells of failures during the test. */
export function webFailures(t: TestContext): RopewalkEvent[] {
  const events: RopewalkEvent[] = []
  t.after(observe('web', event => event.level === 'error' && events.push(event)))
  return events
}

/** A client that speaks HTTP by hand. */
export class RawClient {
  readonly socket: Socket
  received = ''

  private constructor(socket: Socket) {
    this.socket = socket
    socket.on('data', chunk => (this.received += chunk.toString('latin1'))).on('error', () => {})
  }

  static async open(t: TestContext, url: string): Promise<RawClient> {
    const client = new RawClient(connect({ port: Number(new URL(url).port), host: '127.0.0.1', allowHalfOpen: true }))
    t.after(() => client.socket.destroy())
    await once(client.socket, 'connect')
    return client
  }

  /** Sends `text`, with line ends as HTTP has them. */
  send(text: string): void {
    this.socket.write(text.replaceAll('\n', '\r\n'))
  }

  /** Waits until what was received matches, and returns it. */
  async receives(pattern: RegExp): Promise<string> {
    await eventually(() => pattern.test(this.received))
    return this.received
  }

  /** Resolves when the server has ended the connection, and ends it too. */
  async ends(): Promise<void> {
    await eventually(() => this.socket.readableEnded || this.socket.destroyed)
    this.socket.end()
  }
}

/** A request in flight that a test lets go on. */
export function gate(): { opened: Promise<void>; open: () => void } {
  const { promise, resolve } = Promise.withResolvers<void>()
  return { opened: promise, open: resolve }
}
