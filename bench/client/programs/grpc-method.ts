import type { MethodDefinition } from '@grpc/grpc-js'

/** A unary gRPC method whose messages are bytes as they are: the cheapest there can be. */
export const getUser: MethodDefinition<Buffer, Buffer> = {
  path: '/users.Users/GetUser',
  requestStream: false,
  responseStream: false,
  requestSerialize: bytes => bytes,
  requestDeserialize: bytes => bytes,
  responseSerialize: bytes => bytes,
  responseDeserialize: bytes => bytes,
}
