import type { ConnectionListener, Dial } from '../../../src/adapters/zookeeper/connection.ts'
import { FrameSplitter } from '../../../src/adapters/zookeeper/frame-splitter.ts'
import { JuteReader } from '../../../src/adapters/zookeeper/jute-reader.ts'
import { JuteWriter } from '../../../src/adapters/zookeeper/jute-writer.ts'

/** A request as a server sees it. */
export interface SeenRequest {
  readonly xid: number
  readonly opcode: number
  readonly rest: JuteReader
}

const GARBAGE_BYTES_MAX = 2 ** 20

/** A ZooKeeper server that says what a test has it say, with no network between. */
export class ScriptedServer {
  /** The request to take up a session. */
  greeting: { readonly timeoutMs: number; readonly id: bigint } | undefined
  readonly requests: SeenRequest[] = []
  closedFor: Error | undefined
  readonly #splitter = new FrameSplitter(GARBAGE_BYTES_MAX)
  #listener: ConnectionListener | undefined

  readonly dial: Dial = async ({ listener }) => {
    this.#listener = listener
    return { send: bytes => this.#receive(bytes), destroy: reason => this.close(reason) }
  }

  grant({ timeoutMs = 6_000, id = 7n }: { timeoutMs?: number; id?: bigint } = {}): void {
    this.say(writer => {
      writer.int(0)
      writer.int(timeoutMs)
      writer.long(id)
      writer.buffer(Buffer.alloc(16, 1))
      writer.boolean(false)
    })
  }

  /** Answers a request: with an error's number, or with what `write` writes. */
  answer(xid: number, { zxid = 1n, code = 0, write = () => {} }: Reply = {}): void {
    this.say(writer => {
      writer.int(xid)
      writer.long(zxid)
      writer.int(code)
      if (code === 0) write(writer)
    })
  }

  event(type: number, path: string): void {
    this.say(writer => {
      writer.int(-1)
      writer.long(-1n)
      writer.int(0)
      writer.int(type)
      writer.int(3)
      writer.string(path)
    })
  }

  /** Says one frame. */
  say(write: (writer: JuteWriter) => void): void {
    const writer = new JuteWriter()
    write(writer)
    this.sayBytes(writer.take())
  }

  /** Says a frame of any bytes. Garbage ends the connection, as it does over a socket. */
  sayBytes(bytes: Buffer): void {
    if (this.closedFor) return
    try {
      this.#listener?.onFrame(bytes)
    } catch (error) {
      this.close(error as Error)
    }
  }

  close(reason: Error): void {
    if (this.closedFor) return
    this.closedFor = reason
    this.#listener?.onClose(reason)
  }

  #receive(bytes: Buffer): void {
    for (const frame of this.#splitter.push(bytes)) {
      const rest = new JuteReader(frame)
      if (this.greeting) this.requests.push({ xid: rest.int(), opcode: rest.int(), rest })
      else {
        rest.skip(12)
        this.greeting = { timeoutMs: rest.int(), id: rest.long() }
      }
    }
  }
}

/** What a server answers. */
export interface Reply {
  readonly zxid?: bigint
  readonly code?: number
  readonly write?: (writer: JuteWriter) => void
}
