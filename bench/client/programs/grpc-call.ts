import { promisify } from 'node:util'
import { Client, credentials, type requestCallback } from '@grpc/grpc-js'
import { input } from '../../harness/answer.ts'
import { callContinuously } from './call-continuously.ts'
import { getUser } from './grpc-method.ts'

/* grpc-js, unary calls, round robin over all back ends. */

const { ports } = input() as { ports: readonly number[] }
const addresses = ports.map(port => `127.0.0.1:${port}`).join(',')
const client = new Client(`ipv4:${addresses}`, credentials.createInsecure(), {
  'grpc.service_config': JSON.stringify({ loadBalancingConfig: [{ round_robin: {} }] }),
})
const request = Buffer.from(JSON.stringify({ id: 42 }))
const call = promisify((done: requestCallback<Buffer>) =>
  client.makeUnaryRequest(getUser.path, getUser.requestSerialize, getUser.responseDeserialize, request, done),
)

callContinuously(async () => (await call())?.toString() ?? '')
