import { once } from 'node:events'
import { type ClientHttp2Session, type ClientHttp2Stream, connect, constants } from 'node:http2'
import { bytesField, grpcFrame, numberField } from './protobuf.ts'

const { HTTP2_HEADER_METHOD, HTTP2_HEADER_PATH, HTTP2_HEADER_CONTENT_TYPE } = constants

/**
 * As much of etcd's gRPC interface as a registry needs, over one HTTP/2 connection and with as little work per call as there can be:
 * messages are encoded by hand and replies are counted, not parsed.
 */
export class EtcdClient {
  readonly #session: ClientHttp2Session

  private constructor(session: ClientHttp2Session) {
    this.#session = session
  }

  /** Connects to the etcd on this port of the loopback interface. */
  static async connect(port: number): Promise<EtcdClient> {
    const session = connect(`http://127.0.0.1:${port}`)
    await once(session, 'connect')
    return new EtcdClient(session)
  }

  /** Writes a key that lives as long as `lease`. */
  async put(key: string, value: string, lease: number): Promise<void> {
    await this.#call('/etcdserverpb.KV/Put', [...bytesField(1, key), ...bytesField(2, value), ...numberField(3, lease)])
  }

  /** Makes the lease with the id `lease`. */
  async grant(lease: number, ttlSeconds: number): Promise<void> {
    await this.#call('/etcdserverpb.Lease/LeaseGrant', [...numberField(1, ttlSeconds), ...numberField(2, lease)])
  }

  /** Ends `lease` and deletes its keys. */
  async revoke(lease: number): Promise<void> {
    await this.#call('/etcdserverpb.Lease/LeaseRevoke', numberField(1, lease))
  }

  /** Opens a stream of renewals of `lease`; each call renews once and resolves with the reply. */
  keepAlive(lease: number): () => Promise<void> {
    const stream = this.#open('/etcdserverpb.Lease/LeaseKeepAlive')
    const frame = grpcFrame(numberField(1, lease))
    let replied = Promise.withResolvers<void>()
    stream.on('data', () => replied.resolve())
    return () => {
      replied = Promise.withResolvers()
      stream.write(frame)
      return replied.promise
    }
  }

  /** Calls `onChange` for every frame of changes to keys that begin with `prefix`. Resolves once the watch is established. */
  async watch(prefix: string, onChange: (piece: Buffer) => void): Promise<void> {
    const stream = this.#open('/etcdserverpb.Watch/Watch')
    const end = prefix.slice(0, -1) + String.fromCharCode(prefix.charCodeAt(prefix.length - 1) + 1)
    stream.write(grpcFrame(bytesField(1, Buffer.from([...bytesField(1, prefix), ...bytesField(2, end)]))))
    await once(stream, 'data')
    stream.on('data', onChange)
  }

  close(): void {
    this.#session.destroy()
  }

  async #call(path: string, message: readonly number[]): Promise<void> {
    const stream = this.#open(path)
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    stream.once('error', reject)
    stream.once('close', resolve)
    stream.once('trailers', headers => {
      if (headers['grpc-status'] !== '0') reject(new Error(`${path}: ${String(headers['grpc-message'])}`))
    })
    stream.resume()
    stream.end(grpcFrame(message))
    await promise
  }

  #open(path: string): ClientHttp2Stream {
    const headers = {
      [HTTP2_HEADER_METHOD]: 'POST',
      [HTTP2_HEADER_PATH]: path,
      [HTTP2_HEADER_CONTENT_TYPE]: 'application/grpc',
      te: 'trailers',
    }
    return this.#session.request(headers, { endStream: false })
  }
}
