import { promisify } from 'node:util'
import { Server, ServerCredentials, type ServerUnaryCall, type sendUnaryData } from '@grpc/grpc-js'
import { answer } from '../../harness/answer.ts'
import { getUser } from './grpc-method.ts'

/* Three gRPC back ends with one unary method. */

answer({ ports: await Promise.all([listen(), listen(), listen()]) })

async function listen(): Promise<number> {
  const server = new Server()
  server.addService({ getUser }, { getUser: reply })
  return promisify(server.bindAsync.bind(server))('127.0.0.1:0', ServerCredentials.createInsecure())
}

function reply(_call: ServerUnaryCall<Buffer, Buffer>, done: sendUnaryData<Buffer>): void {
  done(null, Buffer.from(JSON.stringify({ id: 42, name: 'Ada' })))
}
