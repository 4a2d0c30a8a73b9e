import type { Clock } from '../../core/clock.ts'
import { http } from '../../core/node-http.ts'
import type { WholeAnswer } from '../whole-request.ts'

/** What no value of a header may hold. */
const INVALID = /[^\t -~\u0080-\u00ff]/

const LAST = 'Connection: close\r\n\r\n'

/** Writes the heads of answers as `node:http` does, date and connection included. */
export class AnswerHeads {
  readonly #clock: Clock
  readonly #lasting: string
  #second = Number.NaN
  #date = ''
  #last:
    | { readonly answer: WholeAnswer; readonly isLast: boolean; readonly date: string; readonly head: string }
    | undefined

  constructor(clock: Clock, { keepAliveMs }: { keepAliveMs: number }) {
    this.#clock = clock
    this.#lasting = `Connection: keep-alive\r\nKeep-Alive: timeout=${Math.floor(keepAliveMs / 1000)}\r\n\r\n`
  }

  /** The head of an answer, the last of its connection or not; made once where the same answer is sent again. Throws a TypeError for a header that would end within itself. */
  headOf(answer: WholeAnswer, { isLast }: { isLast: boolean }): string {
    const date = this.#now()
    const last = this.#last
    if (last?.answer === answer && last.isLast === isLast && last.date === date) return last.head
    const head = `${statusAndHeaders(answer)}Date: ${date}\r\n${isLast ? LAST : this.#lasting}`
    this.#last = { answer, isLast, date, head }
    return head
  }

  /** The date changes with the second. */
  #now(): string {
    const ms = this.#clock.wallTime()
    const second = Math.floor(ms / 1000)
    if (second === this.#second) return this.#date
    this.#second = second
    return (this.#date = new Date(ms).toUTCString())
  }
}

function statusAndHeaders({ status, headers }: WholeAnswer): string {
  let head = `HTTP/1.1 ${status} ${http.STATUS_CODES[status] ?? 'unknown'}\r\n`
  for (let at = 0; at < headers.length; at += 2) {
    const value = headers[at + 1] ?? ''
    if (INVALID.test(value)) throw new TypeError(`Invalid character in the value of the header ${headers[at]}`)
    head += `${headers[at]}: ${value}\r\n`
  }
  return head
}
