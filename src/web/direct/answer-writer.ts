import type { Socket } from 'node:net'
import { COPY_BYTES_MAX } from '../end-with.ts'
import type { AnswerBody, WholeAnswer } from '../whole-request.ts'
import type { AnswerHeads } from './answer-head.ts'

/** What was written last, and what there is to write when the same is written again. */
interface Written {
  readonly head: string
  readonly body: AnswerBody
  whole: Buffer | undefined
}

/**
 * Writes answers to sockets. When the same one goes to many, one after the other, its head is made once, and from the second on a long body is in one
 * piece with it, the same bytes for all.
 */
export class AnswerWriter {
  readonly #heads: AnswerHeads
  #last: Written | undefined

  constructor(heads: AnswerHeads) {
    this.#heads = heads
  }

  /** Writes an answer, the last of its connection or not. Throws a TypeError for a header that would end within itself; nothing is written then. */
  write(socket: Socket, answer: WholeAnswer, { isLast }: { isLast: boolean }): void {
    const head = this.#heads.headOf(answer, { isLast })
    const { body } = answer
    if (body.bytes.length <= COPY_BYTES_MAX) return void socket.write(head + body.latin1, 'latin1')
    const last = this.#last
    if (last?.head === head && last.body === body) return void socket.write((last.whole ??= joined(last)))
    this.#last = { head, body, whole: undefined }
    socket.cork()
    socket.write(head, 'latin1')
    socket.write(body.bytes)
    socket.uncork()
  }
}

function joined({ head, body }: Written): Buffer {
  return Buffer.concat([Buffer.from(head, 'latin1'), body.bytes])
}
