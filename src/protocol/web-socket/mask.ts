import { randomFillSync } from 'node:crypto'

const POOL = Buffer.alloc(8192)
let used = POOL.length

/**
 * Writes four bytes that nobody can foresee at `at`, and mixes them into what stands behind them, up to `end`. So no web page can make a
 * browser send bytes of the page's choice to a proxy; other clients have to do the same. @see RFC 6455, sections 5.3 and 10.3
 */
export function mask(frame: Buffer, at: number, end: number): void {
  if (used === POOL.length) {
    randomFillSync(POOL)
    used = 0
  }
  POOL.copy(frame, at, used, used + 4)
  used += 4
  unmask(frame, at, end)
}

/** Mixes the four bytes at `at` into what stands behind them, up to `end`, which takes the mask off again. */
export function unmask(frame: Buffer, at: number, end: number): void {
  const [one, two, three, four] = [frame[at], frame[at + 1], frame[at + 2], frame[at + 3]] as [
    number,
    number,
    number,
    number,
  ]
  let place = at + 4
  for (; place + 3 < end; place += 4) {
    frame[place] = (frame[place] as number) ^ one
    frame[place + 1] = (frame[place + 1] as number) ^ two
    frame[place + 2] = (frame[place + 2] as number) ^ three
    frame[place + 3] = (frame[place + 3] as number) ^ four
  }
  for (let key = at; place < end; place++, key++) frame[place] = (frame[place] as number) ^ (frame[key] as number)
}
