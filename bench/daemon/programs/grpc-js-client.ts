import { once } from 'node:events'
import { promisify } from 'node:util'
import { Client, credentials, type requestCallback } from '@grpc/grpc-js'
import { bytesField, numberField } from './protobuf.ts'

/** Messages are bytes already; replies stay bytes. */
const asIs = (bytes: Buffer): Buffer => bytes

/**
 * etcd by `@grpc/grpc-js`, with a connection of its own. Messages are encoded by hand, and replies are left to the
 * caller as bytes, which is less than a user of it has to do.
 */
export class GrpcJsClient {
  readonly #client: Client

  /** For the etcd on this port of the loopback interface. */
  constructor(port: number) {
    const options = { 'grpc.use_local_subchannel_pool': 1 }
    this.#client = new Client(`127.0.0.1:${port}`, credentials.createInsecure(), options)
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
    const stream = this.#client.makeBidiStreamRequest('/etcdserverpb.Lease/LeaseKeepAlive', asIs, asIs)
    const message = Buffer.from(numberField(1, lease))
    let replied = Promise.withResolvers<void>()
    stream.on('data', () => replied.resolve())
    return () => {
      replied = Promise.withResolvers()
      stream.write(message)
      return replied.promise
    }
  }

  /** Calls `onChange` with every `WatchResponse` to keys that begin with `prefix`. Resolves once the watch is established. */
  async watch(prefix: string, onChange: (response: Buffer) => void): Promise<void> {
    const stream = this.#client.makeBidiStreamRequest('/etcdserverpb.Watch/Watch', asIs, asIs)
    const end = prefix.slice(0, -1) + String.fromCharCode(prefix.charCodeAt(prefix.length - 1) + 1)
    stream.write(Buffer.from(bytesField(1, Buffer.from([...bytesField(1, prefix), ...bytesField(2, end)]))))
    await once(stream, 'data')
    stream.on('data', onChange)
  }

  async #call(path: string, message: readonly number[]): Promise<void> {
    const call = promisify((done: requestCallback<Buffer>) =>
      this.#client.makeUnaryRequest(path, asIs, asIs, Buffer.from(message), done),
    )
    await call()
  }
}
