import { connect, constants } from 'node:http2'
import type { CheckFields } from './check-definition.ts'
import { critical, dialProblem, type Probe } from './probe.ts'

/** The fields of grpc.health.v1 that count: the request's service, the answer's status, both field 1. */
const SERVICE_TAG = 0x0a
const SERVING = 1

/** What an answer may have at most. */
const ANSWER_BYTES_MAX = 1_024

/** Asks the standard gRPC health service of `host:port`, or `host:port/service`, whether it serves. */
export function grpcProbe(fields: CheckFields): Probe {
  const { GRPC: target = '', GRPCUseTLS = false, TLSSkipVerify = false } = fields
  const slash = target.indexOf('/')
  const host = slash < 0 ? target : target.slice(0, slash)
  const service = slash < 0 ? '' : target.slice(slash + 1)
  const origin = `${GRPCUseTLS ? 'https' : 'http'}://${host}`
  return async signal => {
    try {
      const status = await askHealth(origin, { service, rejectUnauthorized: !TLSSkipVerify, signal })
      return status === SERVING
        ? { status: 'passing', output: `gRPC check ${target}: success` }
        : critical(`gRPC ${target} serving status: ${STATUS_NAMES[status] ?? status}`)
    } catch (error) {
      return critical(problemOf(host, error))
    }
  }
}

const STATUS_NAMES = ['UNKNOWN', 'SERVING', 'NOT_SERVING', 'SERVICE_UNKNOWN']

interface HealthQuestion {
  readonly service: string
  readonly rejectUnauthorized: boolean
  readonly signal: AbortSignal
}

async function askHealth(origin: string, { service, rejectUnauthorized, signal }: HealthQuestion): Promise<number> {
  const session = connect(origin, { rejectUnauthorized })
  const failed = Promise.withResolvers<never>()
  failed.promise.catch(() => {})
  const abort = () => failed.reject(new DOMException('i/o timeout', 'AbortError'))
  session.on('error', failed.reject)
  signal.addEventListener('abort', abort, { once: true })
  if (signal.aborted) abort()
  try {
    const stream = session.request({
      [constants.HTTP2_HEADER_METHOD]: 'POST',
      [constants.HTTP2_HEADER_PATH]: '/grpc.health.v1.Health/Check',
      'content-type': 'application/grpc',
      te: 'trailers',
    })
    stream.on('error', failed.reject)
    stream.end(frameOf(service))
    return await Promise.race([answerOf(stream), failed.promise])
  } finally {
    signal.removeEventListener('abort', abort)
    session.destroy()
  }
}

type HealthStream = ReturnType<ReturnType<typeof connect>['request']>

async function answerOf(stream: HealthStream): Promise<number> {
  let grpcStatus = '0'
  let grpcMessage = ''
  const read = (headers: object) => {
    const { 'grpc-status': status = grpcStatus, 'grpc-message': message = grpcMessage } = headers as Record<
      string,
      string
    >
    grpcStatus = status
    grpcMessage = message
  }
  stream.on('response', read).on('trailers', read)
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    bytes += chunk.length
    if (bytes > ANSWER_BYTES_MAX) throw new Error('rpc error: the answer is too long')
    chunks.push(chunk)
  }
  if (grpcStatus !== '0') throw new GrpcError(grpcStatus, decodeURIComponent(grpcMessage))
  return statusIn(Buffer.concat(chunks))
}

/** The call was answered with another status than OK. */
class GrpcError extends Error {
  constructor(status: string, message: string) {
    super(`rpc error: code = ${CODES[Number(status)] ?? status} desc = ${message}`)
  }
}

const CODES: Readonly<Record<number, string>> = {
  5: 'NotFound',
  12: 'Unimplemented',
  13: 'Internal',
  14: 'Unavailable',
}

function frameOf(service: string): Buffer {
  const name = Buffer.from(service)
  const message = name.length === 0 ? name : Buffer.concat([Buffer.from([SERVICE_TAG, ...varint(name.length)]), name])
  const head = Buffer.alloc(5)
  head.writeUInt32BE(message.length, 1)
  return Buffer.concat([head, message])
}

function varint(value: number): number[] {
  const bytes = []
  for (let rest = value; ; rest >>= 7) {
    if (rest < 0x80) return [...bytes, rest]
    bytes.push((rest & 0x7f) | 0x80)
  }
}

/** The status in a framed HealthCheckResponse; 0, unknown, when it says none. */
function statusIn(frame: Buffer): number {
  const message = frame.subarray(5)
  return message[0] === 0x08 ? (message[1] ?? 0) : 0
}

function problemOf(host: string, error: unknown): string {
  const { name, message } = error as Error
  const cause = ((error as Error).cause ?? error) as NodeJS.ErrnoException
  if (name === 'AbortError') return 'rpc error: code = DeadlineExceeded desc = context deadline exceeded'
  if (cause.code === undefined || error instanceof GrpcError) return message
  const problem = dialProblem(host, cause)
  return `rpc error: code = Unavailable desc = connection error: desc = "transport: Error while dialing ${problem}"`
}
