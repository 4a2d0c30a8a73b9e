import { connect, type Socket } from 'node:net'
import { once } from 'node:events'
import { FrameSplitter } from '../../../src/adapters/zookeeper/frame-splitter.ts'
import { JuteReader } from '../../../src/adapters/zookeeper/jute-reader.ts'
import { JuteWriter } from '../../../src/adapters/zookeeper/jute-writer.ts'
import {
  create,
  type CreateMode,
  OPEN_ACL,
  type Operation,
  ping,
  remove,
} from '../../../src/adapters/zookeeper/operations.ts'
import { Session } from '../../../src/adapters/zookeeper/session.ts'

const SESSION_MS = 600_000
const FRAME_BYTES_MAX = 2 ** 20

/**
 * A session with a ZooKeeper with as little work per request as there can be, as `RawSession` is for the registry daemon: one socket, one request at
 * a time, and of a reply nothing is read but whether it is an error.
 */
export class ZookeeperSession {
  readonly #socket: Socket
  readonly #writer = new JuteWriter()
  #onFrame: (frame: Buffer) => void = () => {}

  private constructor(socket: Socket) {
    this.#socket = socket
    const splitter = new FrameSplitter(FRAME_BYTES_MAX)
    socket.on('data', (chunk: Buffer) => {
      for (const frame of splitter.push(chunk)) this.#onFrame(frame)
    })
    socket.on('close', () => {
      if (process.connected) throw new Error('ZooKeeper has closed a session')
    })
  }

  /** Begins a session with the ZooKeeper on this port of the loopback interface. */
  static async open(port: number): Promise<ZookeeperSession> {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true })
    await once(socket, 'connect')
    const self = new ZookeeperSession(socket)
    const session = new Session(SESSION_MS)
    session.grant(new JuteReader(await self.#ask(writer => session.request(writer, SESSION_MS))))
    return self
  }

  /** Creates a node. */
  async create(path: string, text: string, mode: CreateMode): Promise<void> {
    await this.#request(create({ path, data: Buffer.from(text), acl: OPEN_ACL, mode }))
  }

  /** Deletes a node. */
  async remove(path: string): Promise<void> {
    await this.#request(remove(path))
  }

  /** Renews the session. */
  async ping(): Promise<void> {
    await this.#request(ping)
  }

  async #request(operation: Operation<unknown>): Promise<void> {
    const reply = await this.#ask(writer => {
      writer.int(0)
      writer.int(operation.opcode)
      operation.write(writer)
    })
    const error = reply.readInt32BE(12)
    if (error !== 0) throw new Error(`ZooKeeper answered ${error} for ${operation.path}`)
  }

  #ask(write: (writer: JuteWriter) => void): Promise<Buffer> {
    const { promise, resolve } = Promise.withResolvers<Buffer>()
    this.#onFrame = resolve
    this.#writer.frame(() => write(this.#writer))
    this.#socket.write(this.#writer.take())
    return promise
  }
}
