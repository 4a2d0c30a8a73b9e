import type { RequestHead, WholeAnswer } from '../../../web/whole-request.ts'
import type { Answer } from './answer.ts'

/** Shorter bodies are not compressed: it would save nothing. */
const GZIP_BYTES_MIN = 1_400

/** `answer` as it is sent: compressed if the client takes that and it is worth it. */
export function sentAnswer({ headers: asked }: RequestHead, answer: Answer): WholeAnswer {
  const { body } = answer
  const encoding = asked['accept-encoding']
  const isCompressed = encoding !== undefined && body.bytes.length >= GZIP_BYTES_MIN && encoding.includes('gzip')
  return (isCompressed ? body.gzip : body).sentWith(answer)
}
