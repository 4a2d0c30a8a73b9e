import type { OpenStream, OutgoingStream, StreamListener } from '../../../src/adapters/etcd/two-way-stream.ts'

/** A stream of the gateway whose other side is the test. */
export class ScriptedStream implements OutgoingStream {
  readonly path: string
  readonly #listener: StreamListener
  #sent = ''
  ended: Error | undefined

  constructor(path: string, listener: StreamListener) {
    this.path = path
    this.#listener = listener
  }

  /** All that was sent, message by message. */
  get sent(): unknown[] {
    const lines = this.#sent.split('\n').filter(line => line !== '')
    return lines.map(line => JSON.parse(line) as unknown)
  }

  write(text: string): void {
    this.#sent += text
  }

  end(error: Error): void {
    if (this.ended) return
    this.ended = error
    this.#listener.onEnd(error)
  }

  /** Has these messages come, all at once. */
  say(...messages: unknown[]): void {
    this.#listener.onText(messages.map(message => `${JSON.stringify(message)}\n`).join(''))
  }
}

/** Opens ScriptedStreams. */
export class ScriptedGateway {
  readonly streams: ScriptedStream[] = []

  readonly open: OpenStream = async (path, listener) => {
    const stream = new ScriptedStream(path, listener)
    this.streams.push(stream)
    return stream
  }

  /** The one opened last. */
  get last(): ScriptedStream {
    return this.streams.at(-1) as ScriptedStream
  }
}
