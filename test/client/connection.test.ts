import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import { connect, type AddressInfo } from 'node:net'
import { afterEach, beforeEach, describe, it } from 'node:test'
import type { Dispatcher } from 'undici'
import { Connection } from '../../src/client/connection.ts'
import { until } from './cluster.ts'

let server: Server
let closed: number

beforeEach(async () => {
  closed = 0
  server = createServer((request, response) => response.end(`${request.headers.host}${request.url}`))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
})

afterEach(() => {
  server.closeAllConnections()
  server.close()
})

async function open(): Promise<Connection> {
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1')
  await once(socket, 'connect')
  return new Connection({
    socket,
    origin: 'http://users',
    lost: () => new Error('lost'),
    onClose: () => void closed++,
  })
}

function get(connection: Connection, path: string): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>()
  const chunks: Buffer[] = []
  const handler: Dispatcher.DispatchHandler = {
    onRequestStart: () => undefined,
    onResponseStart: () => undefined,
    onResponseData: (_, chunk) => void chunks.push(chunk),
    onResponseEnd: () => resolve(Buffer.concat(chunks).toString()),
    onResponseError: (_, error) => reject(error),
  }
  connection.send({ path, method: 'GET' }, handler)
  return promise
}

describe('Connection', () => {
  it('makes one request after the other on its socket, under the name it was given', async () => {
    const connection = await open()
    assert.equal(await get(connection, '/1'), 'users/1')
    assert.equal(await get(connection, '/2'), 'users/2')
    assert.ok(connection.usable)
    connection.close()
    await until(() => closed === 1)
    assert.ok(!connection.usable)
  })

  it('closes when the request under way is done', async () => {
    const connection = await open()
    const answer = get(connection, '/1')
    connection.close()
    assert.equal(await answer, 'users/1')
    await until(() => closed === 1)
  })

  it('closes at once when no request was ever made', async () => {
    const connection = await open()
    connection.close()
    await until(() => closed === 1)
  })

  it('fails the request under way when it is destroyed', async () => {
    server.removeAllListeners('request')
    const connection = await open()
    const answer = get(connection, '/1')
    await once(server, 'request')
    connection.destroy(new Error('no longer'))
    await assert.rejects(answer, /no longer/)
    await until(() => closed === 1)
  })

  it('does not connect again once the other side has closed', async () => {
    const connection = await open()
    await get(connection, '/1')
    server.closeAllConnections()
    await until(() => closed === 1)
    assert.ok(!connection.usable)
    await assert.rejects(get(connection, '/2'), /lost/)
  })
})
