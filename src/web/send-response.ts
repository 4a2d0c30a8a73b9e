import type { ServerResponse } from 'node:http'
import { endWith } from './end-with.ts'
import { ClientGoneError } from './errors.ts'
import { type PlainResponse, plainOf } from './fast-response.ts'

/**
 * Sends `answer` as `response`. A body that is whole at once goes out in one piece with its length; any other is streamed no faster than
 * the client reads. Rejects when the body fails, or with ClientGoneError when the client leaves before the end; the body is then
 * cancelled.
 */
export async function sendResponse(answer: Response, response: ServerResponse): Promise<void> {
  if (!isResponse(answer)) throw new TypeError(`The handler returned ${String(answer)} instead of a Response`)
  const plain = plainOf(answer)
  if (plain) {
    sendPlain(plain, response)
    return
  }
  const { body } = answer
  if (body === null || response.req.method === 'HEAD') {
    writeHead(answer, response)
    response.end()
    await body?.cancel()
    return
  }
  const reader = body.getReader()
  try {
    await sendBody(answer, response, reader)
  } catch (error) {
    reader.cancel(error).catch(() => {})
    throw error
  }
}

/** Also one of another make: undici's, which is what `client.fetch` returns, is not the engine's. */
function isResponse(answer: unknown): answer is Response {
  return answer instanceof Response || Object.prototype.toString.call(answer) === '[object Response]'
}

function sendPlain({ status, statusText, headers, body }: PlainResponse, response: ServerResponse): void {
  const length = body === null ? 0 : typeof body === 'string' ? Buffer.byteLength(body) : body.byteLength
  const hasLength = headers.some(name => name.length === 14 && name.toLowerCase() === 'content-length')
  const isBodiless = status === 204 || status === 304
  response.writeHead(
    status,
    statusText,
    hasLength || isBodiless ? [...headers] : [...headers, 'content-length', String(length)],
  )
  if (body instanceof Uint8Array) endWith(response, body)
  else response.end(body ?? undefined)
}

type BodyReader = ReadableStreamDefaultReader<Uint8Array>
type ReadResult = Awaited<ReturnType<BodyReader['read']>>

async function sendBody(answer: Response, response: ServerResponse, reader: BodyReader): Promise<void> {
  const first = await reader.read()
  if (first.done) {
    writeHead(answer, response, 0)
    response.end()
    return
  }
  const pending = reader.read()
  const second = await ifAtOnce(pending)
  if (second?.done) {
    writeHead(answer, response, first.value.byteLength)
    endWith(response, first.value)
    return
  }
  writeHead(answer, response)
  await pump([first, pending], reader, response)
}

/** The result of reading if it is there within a few microtasks, as it is for a body that was made of a string or of bytes. */
async function ifAtOnce(pending: Promise<ReadResult>): Promise<ReadResult | undefined> {
  const seen: { result?: ReadResult } = {}
  pending.then(
    result => (seen.result = result),
    () => {},
  )
  for (let turn = 0; turn < 4 && !seen.result; turn++) await Promise.resolve()
  return seen.result
}

async function pump(
  begun: (ReadResult | Promise<ReadResult>)[],
  reader: BodyReader,
  response: ServerResponse,
): Promise<void> {
  const closed = Promise.withResolvers<never>()
  const onClose = () => closed.reject(new ClientGoneError())
  closed.promise.catch(() => {})
  response.once('close', onClose)
  try {
    for (;;) {
      const { done, value } = await Promise.race([begun.shift() ?? reader.read(), closed.promise])
      if (done) break
      if (!response.write(value)) await Promise.race([drained(response), closed.promise])
    }
    response.end()
  } finally {
    response.off('close', onClose)
  }
}

function drained(response: ServerResponse): Promise<void> {
  return new Promise(resolve => response.once('drain', resolve))
}

function writeHead(answer: Response, response: ServerResponse, contentLength?: number): void {
  const headers: string[] = []
  for (const [name, value] of answer.headers) headers.push(name, value)
  if (contentLength !== undefined && !answer.headers.has('content-length'))
    headers.push('content-length', String(contentLength))
  response.writeHead(answer.status, answer.statusText || undefined, headers)
}
