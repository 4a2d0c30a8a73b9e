import { gzipSync } from 'node:zlib'
import type { AnswerBody, WholeAnswer } from '../../../web/whole-request.ts'
import { indentJson } from '../go/indent.ts'

/** What of an answer is not its body. */
type AnswerHead = Pick<Answer, 'status' | 'headers' | 'varies'>

/** A body as it goes out: its bytes, made once for everybody who is told the same, and compressed once if anybody wants it so. */
export class Body implements AnswerBody {
  readonly text: string
  #bytes: Buffer | undefined
  #latin1: string | undefined
  #gzip: Body | undefined
  #indented: Body | undefined
  #isCompressed = false
  #sent: { readonly head: AnswerHead; readonly answer: WholeAnswer } | undefined

  constructor(content: string) {
    this.text = content
  }

  /** A body that need not be text. */
  static of(bytes: Buffer): Body {
    const body = new Body('')
    body.#bytes = bytes
    return body
  }

  get bytes(): Buffer {
    return (this.#bytes ??= Buffer.from(this.text))
  }

  get latin1(): string {
    return (this.#latin1 ??= this.bytes.toString('latin1'))
  }

  get gzip(): Body {
    if (this.#gzip) return this.#gzip
    this.#gzip = Body.of(gzipSync(this.bytes, { level: 1 }))
    this.#gzip.#isCompressed = true
    return this.#gzip
  }

  /** The same JSON for people. */
  get indented(): Body {
    return (this.#indented ??= new Body(indentJson(this.text)))
  }

  /** The answer that it is sent in. Who is told the same with the same headers gets the same object, of which the head is written once. */
  sentWith(head: AnswerHead): WholeAnswer {
    const last = this.#sent
    const { status, headers, varies } = head
    if (last && last.head.headers === headers && last.head.status === status && last.head.varies === varies)
      return last.answer
    const whole = [...headers, 'Content-Length', String(this.bytes.length)]
    if (varies) whole.push('Vary', 'Accept-Encoding')
    if (this.#isCompressed) whole.push('Content-Encoding', 'gzip')
    const answer = { status, headers: whole, body: this }
    this.#sent = { head: { status, headers, varies }, answer }
    return answer
  }
}

/** What a request is answered with. */
export interface Answer {
  readonly status: number
  /** Names and values in turn; content type included, lengths and encodings not. */
  readonly headers: readonly string[]
  readonly body: Body
  /** Whether the body is JSON, which people may ask to have indented. */
  readonly isJson: boolean
  /** Whether it comes from an endpoint, which may compress it, and not from the paths between them. */
  readonly varies: boolean
}

/** No headers. */
const NONE: readonly string[] = []
const JSON_TYPE = ['Content-Type', 'application/json']
const TEXT_TYPE = ['Content-Type', 'text/plain; charset=utf-8']

const EMPTY = new Body('')
const TRUE = new Body('true')
const FALSE = new Body('false')

/** 200 with nothing, as writes to the agent are answered. */
export const done: Answer = { status: 200, headers: NONE, body: EMPTY, isJson: false, varies: true }

/** `true` or `false`, as writes to the catalog and the keys are answered. */
export function verdict(value: boolean): Answer {
  return { status: 200, headers: JSON_TYPE, body: value ? TRUE : FALSE, isJson: true, varies: true }
}

/** How an answer differs from a bare 200. */
export interface AnswerOptions {
  readonly status?: number
  readonly headers?: readonly string[]
}

/** JSON of a value. */
export function json(value: unknown, options?: AnswerOptions): Answer {
  return jsonBody(new Body(JSON.stringify(value)), options)
}

/** JSON that was made before. */
export function jsonBody(body: Body, { status = 200, headers = NONE }: AnswerOptions = {}): Answer {
  return { status, headers: [...JSON_TYPE, ...headers], body, isJson: true, varies: true }
}

/** A line of text. */
export function text(line: string, { status = 200, headers = NONE }: AnswerOptions = {}): Answer {
  return { status, headers: [...TEXT_TYPE, ...headers], body: new Body(line), isJson: false, varies: true }
}

/** Headers and nothing else. */
export function empty(status: number, headers: readonly string[] = NONE): Answer {
  return { status, headers, body: EMPTY, isJson: false, varies: true }
}

/** Leaves a call that is in order to the route of its path, which answers for as long as somebody reads. */
export const streamed: Answer = { status: 200, headers: NONE, body: EMPTY, isJson: false, varies: true }

/** The same answer, from no endpoint. */
export function fromNowhere(answer: Answer): Answer {
  return { ...answer, varies: false }
}
