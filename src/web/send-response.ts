import type { ServerResponse } from 'node:http'
import { endWith } from './end-with.ts'
import { ClientGoneError } from './errors.ts'
import { type PlainResponse, plainOf } from './fast-response.ts'
import { type ResponseHead, writeHead } from './response-head.ts'

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
    const isEmpty = body === null && response.req.method !== 'HEAD' && answer.status !== 304
    writeHead(response, headOf(answer), { bodyBytes: isEmpty ? 0 : undefined, isDecoded: isDecoded(answer) })
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

function sendPlain(plain: PlainResponse, response: ServerResponse): void {
  const { body } = plain
  const isUntold = body === null && (response.req.method === 'HEAD' || plain.status === 304)
  writeHead(response, plain, { bodyBytes: isUntold ? undefined : lengthOf(body) })
  if (body instanceof Uint8Array) endWith(response, body)
  else response.end(body ?? undefined)
}

function lengthOf(body: PlainResponse['body']): number {
  if (body === null) return 0
  return typeof body === 'string' ? Buffer.byteLength(body) : body.byteLength
}

type BodyReader = ReadableStreamDefaultReader<Uint8Array>
type ReadResult = Awaited<ReturnType<BodyReader['read']>>

async function sendBody(answer: Response, response: ServerResponse, reader: BodyReader): Promise<void> {
  const first = await reader.read()
  if (first.done) {
    writeHead(response, headOf(answer), { bodyBytes: 0 })
    response.end()
    return
  }
  const pending = reader.read()
  const second = await ifAtOnce(pending)
  if (second?.done) {
    writeHead(response, headOf(answer), { bodyBytes: first.value.byteLength, isDecoded: isDecoded(answer) })
    endWith(response, first.value)
    return
  }
  writeHead(response, headOf(answer), { isDecoded: isDecoded(answer) })
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

function headOf({ status, statusText, headers }: Response): ResponseHead {
  return { status, statusText, headers: [...headers].flat() }
}

/** What came out of a `fetch` says still how it was encoded on its way, and how long it was then. */
function isDecoded({ url, headers }: Response): boolean {
  return url !== '' && headers.has('content-encoding')
}
