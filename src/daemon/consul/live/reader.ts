import type { Clock } from '../../../core/clock.ts'
import type { Random } from '../../../core/random.ts'
import type { FrontendContext } from '../../frontend.ts'
import { ClientGoneError } from '../../../web/errors.ts'
import type { Answer } from '../http/answer.ts'
import type { Call } from '../http/call.ts'
import { type Sees, seesAll, type Sight } from '../http/sight.ts'
import { LiveQueries } from './live-queries.ts'
import type { LiveQuery, Question, Result } from './live-query.ts'
import { queryOptions, type QueryOptions } from './query-options.ts'
import type { Topics } from './topics.ts'
import { WaitingPlaces } from './waiting-places.ts'

/** What is added to a wait, at most this part of it, so that those who began together do not end together. */
const JITTER = 1 / 16

/** In so many steps: waits of one length share a list of Node's timers, waits of any length would have thousands of lists. */
const JITTER_STEPS = 64

/** What a Reader works with. */
export interface ReaderInit {
  readonly clock: Clock
  readonly random: Random
  readonly datacenter: string
  /** Of which `access` changes with the rights of anybody. */
  readonly topics: Topics
  /** What is behind a front: while that is away, what is told is what was known. */
  readonly backend: FrontendContext['backend']
}

/** One read. */
export interface Read {
  /** What is asked for; the same text for the same answer. */
  readonly key: string
  /** Of what may be seen. */
  readonly question: (sees: Sees) => Question
  /** What the caller may see. Default: all. */
  readonly sight?: Sight
  /** Whether the answer tells how consistent it is; keys, sessions and the like do not. */
  readonly tellsConsistency: boolean
  /** Whether it is one of those that an agent of Consul keeps answers to for who asks with `cached`. Default false. */
  readonly isCacheable?: boolean
  /** The content type and what else belongs to the answer. Default: JSON's. */
  readonly headers?: readonly string[]
  /** What the bytes of the answer are, if not the JSON text. */
  readonly render?: (result: Result) => Answer
}

/** A read that waits. */
interface Waiting {
  readonly call: Call
  readonly read: Pick<Read, 'key' | 'question' | 'sight'>
  readonly options: QueryOptions
}

/** Answers reads: at once, or, where the client says by an index what it has, when there is something else. */
export class Reader {
  readonly #init: ReaderInit
  readonly #queries = new LiveQueries()
  readonly #places: WaitingPlaces
  #closed = false
  readonly #cached = new Set<string>()
  #last: { readonly result: Result; readonly how: string; readonly answer: Answer } | undefined

  constructor(init: ReaderInit) {
    this.#init = init
    this.#places = new WaitingPlaces(init.clock)
  }

  /** Throws `ConsulRefusedError`. */
  read(call: Call, read: Read): Answer | Promise<Answer> {
    const options = queryOptions(call, this.#init.datacenter)
    const query = this.#ask(read)
    const result = query.result()
    const answer = (newest: Result) => this.#answer(newest, { read, options })
    if (options.index === 0 || result.index > options.index || this.#closed) return answer(result)
    return this.#wait(query, { call, read, options }).then(answer)
  }

  /** Resolves when there is another result than now, or the client's time is over. Rejects with `ConsulRefusedError`. */
  async waitForAnother(call: Call, read: Pick<Read, 'key' | 'question' | 'sight'>): Promise<void> {
    const options = queryOptions(call, this.#init.datacenter)
    const query = this.#ask(read)
    if (!this.#closed) await this.#wait(query, { call, read, options: { ...options, index: query.result().index } })
  }

  /** Ends all waiting; from now on nobody waits. */
  close(): void {
    this.#closed = true
    this.#queries.close()
  }

  /** The question as it is for those who see what the caller sees. */
  #ask({ key, question, sight }: Pick<Read, 'key' | 'question' | 'sight'>): LiveQuery {
    if (!sight || sight.key === '') return this.#queries.ask(key, () => question(seesAll))
    const { topics } = this.#init
    return this.#queries.ask(`${key}\0${sight.key}`, () => byRights(question(sight.sees), topics))
  }

  /** Rejects also when the caller may not have the answer any more; what it is has then another form at once for whoever sees something else. */
  #wait(query: LiveQuery, { call, read, options }: Waiting): Promise<Result> {
    const undo = [this.#places.take(call.request.socket.remoteAddress)]
    const { promise, resolve, reject } = Promise.withResolvers<Result>()
    const end = () => undo.forEach(each => each())
    const tell = (result: Result) => {
      end()
      resolve(result)
    }
    const fail = (error: unknown) => {
      end()
      reject(error)
    }
    const recheck = () => {
      try {
        call.guard.recheck()
        const other = this.#ask(read)
        if (other !== query) tell(other.result())
      } catch (error) {
        fail(error)
      }
    }
    const wait = { index: options.index, waitMs: this.#jittered(options.waitMs), clock: this.#init.clock }
    try {
      undo.push(query.wait(wait, { tell, fail }))
      undo.push(call.guard.watch(recheck))
      // Nobody reads it.
      undo.push(call.request.whenGone(() => fail(new ClientGoneError())))
    } catch (error) {
      fail(error)
    }
    return promise
  }

  #jittered(waitMs: number): number {
    const step = Math.floor(this.#init.random.next() * JITTER_STEPS)
    return waitMs * (1 + (step / JITTER_STEPS) * JITTER)
  }

  /** The same answer, as an object, to all who ask one after the other for the same in the same way. */
  #answer(result: Result, { read, options }: { read: Read; options: QueryOptions }): Answer {
    const { consistency, isCached } = options
    if (read.render || isCached) return this.#newAnswer(result, { read, options })
    const isReached = this.#init.backend?.().reached ?? true
    const how = `${isReached} ${read.tellsConsistency} ${consistency}`
    if (this.#last?.result !== result || this.#last.how !== how)
      this.#last = { result, how, answer: this.#newAnswer(result, { read, options }) }
    return this.#last.answer
  }

  #newAnswer(result: Result, { read, options }: { read: Read; options: QueryOptions }): Answer {
    const headers = [
      'X-Consul-Index',
      String(result.index),
      'X-Consul-Knownleader',
      String(this.#init.backend?.().reached ?? true),
      'X-Consul-Lastcontact',
      '0',
    ]
    if (read.tellsConsistency) headers.push('X-Consul-Effective-Consistency', options.consistency)
    if (options.isCached && read.isCacheable) headers.push(...this.cacheHeaders(read.key))
    if (read.render) {
      const rendered = read.render(result)
      return { ...rendered, headers: [...rendered.headers, ...headers] }
    }
    const { status, body } = result
    if (body.text === '') return { status, headers, body, isJson: false, varies: true }
    return { status, headers: ['Content-Type', 'application/json', ...headers], body, isJson: true, varies: true }
  }

  /** Every answer here comes from memory and is fresh; who asks for a cached one is told so in the words of Consul's cache. */
  cacheHeaders(key: string): readonly string[] {
    if (this.#cached.has(key)) return ['X-Cache', 'HIT', 'Age', '0']
    if (this.#cached.size >= 10_000) this.#cached.clear()
    this.#cached.add(key)
    return ['X-Cache', 'MISS']
  }
}

/** The same question, whose answer changes with rights too. */
function byRights(question: Question, topics: Topics): Question {
  const about = ['access']
  return {
    revision: () => Math.max(question.revision(), topics.revision(about)),
    evaluate() {
      const found = question.evaluate()
      return { ...found, index: Math.max(found.index, topics.revision(about)) }
    },
    watch(onChange) {
      const unwatch = [question.watch(onChange), topics.watch(about, onChange)]
      return () => unwatch.forEach(each => each())
    },
  }
}
