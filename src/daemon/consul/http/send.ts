import type { IncomingMessage, ServerResponse } from 'node:http'
import { endWith } from '../../../web/end-with.ts'
import type { Answer } from './answer.ts'

/** Shorter bodies are not compressed: it would save nothing. */
const GZIP_BYTES_MIN = 1_400

/** Writes `answer`, compressed if the client takes that and it is worth it. */
export function sendAnswer(request: IncomingMessage, response: ServerResponse, answer: Answer): void {
  if (response.destroyed) return
  const { status, headers, body } = answer
  const { bytes } = body
  const encoding = request.headers['accept-encoding']
  const isCompressed = encoding !== undefined && bytes.length >= GZIP_BYTES_MIN && encoding.includes('gzip')
  const sent = isCompressed ? body.gzip : bytes
  const head = [...headers, 'Content-Length', String(sent.length)]
  if (answer.varies) head.push('Vary', 'Accept-Encoding')
  if (isCompressed) head.push('Content-Encoding', 'gzip')
  response.writeHead(status, head)
  if (request.method === 'HEAD' || sent.length === 0) response.end()
  else endWith(response, sent)
}
