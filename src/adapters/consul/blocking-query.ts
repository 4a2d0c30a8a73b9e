import { sleep, type Abortable } from '../../core/abort.ts'
import type { Clock } from '../../core/clock.ts'
import type { Random } from '../../core/random.ts'
import type { Pace } from './pace.ts'
import type { ConsulAnswer } from './request.ts'

/** Up to where one has seen: the query that asks for what comes after. Empty: ask for what there is, at once. */
export type Position = Readonly<Record<string, string>>

/** What a blocking query is made with. */
export interface BlockingQueryOptions {
  /** Asks for what comes after a position; answered when there is something, or after a while without. */
  readonly ask: (position: Position, options: Abortable) => Promise<ConsulAnswer>
  readonly pace: Pace
  readonly clock: Clock
  readonly random: Random
}

/** One answer that has something new. */
export interface BlockingAnswer extends ConsulAnswer {
  /** Whether the index had gone back: what was seen before may be of other data. */
  readonly isReset: boolean
}

const START: Position = {}

/** How often to ask what cannot be waited for, in milliseconds; give or take a fifth. */
const POLL_MS = 1_000

/**
 * Asks Consul for what there is, then for each change, as its documentation of blocking queries demands: the answer after a wait in vain
 * has the old index and is no news; an index that went back (a restored snapshot, another cluster) means to ask anew for what there is;
 * index 0 is not to be asked for, since that would not wait; and changes that come too quickly are waited out. Endpoints that go by a
 * hash do the same with it. Where there is neither, as behind a proxy that drops headers, it asks once a second.
 */
export async function* blockingQuery(
  { ask, pace, clock, random }: BlockingQueryOptions,
  { signal }: Abortable = {},
): AsyncGenerator<BlockingAnswer, void, void> {
  let position = START
  let text: string | undefined
  let isReset = false
  for (;;) {
    const answer = await ask(position, { signal })
    const next = positionAfter(answer)
    if (hasGoneBack(position, next)) {
      position = START
      isReset = true
      continue
    }
    const answeredAt = clock.now()
    if (next === START ? answer.text !== text : !isSame(position, next)) {
      yield { ...answer, isReset }
      isReset = false
    }
    if (next === START) await sleep(clock, POLL_MS * (0.8 + 0.4 * random.next()), { signal })
    text = next === START ? answer.text : undefined
    position = next
    await pace.next({ signal, costMs: clock.now() - answeredAt })
  }
}

function positionAfter({ index, hash }: ConsulAnswer): Position {
  if (index !== undefined) return { index: String(Math.max(1, index)) }
  return hash === undefined ? START : { hash }
}

function hasGoneBack(position: Position, next: Position): boolean {
  return Number(next['index']) < Number(position['index'])
}

function isSame(position: Position, next: Position): boolean {
  return position['index'] === next['index'] && position['hash'] === next['hash']
}
