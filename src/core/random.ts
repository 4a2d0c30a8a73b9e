/** Where all chance comes from, so that a test or a simulation can be repeated from its seed. */
export interface Random {
  /** A number in [0, 1), evenly spread. */
  next(): number
}

/** Chance as the engine has it: fast, unseeded, not for secrets. */
export const systemRandom: Random = { next: () => Math.random() }

/**
 * The same numbers for the same seed, on every machine. Mulberry32: 32 bits of state, a period of 2³², good enough to shuffle
 * and to jitter with, not for secrets.
 */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0
  return {
    next() {
      state = (state + 0x6d2b79f5) >>> 0
      let bits = Math.imul(state ^ (state >>> 15), state | 1)
      bits ^= bits + Math.imul(bits ^ (bits >>> 7), bits | 61)
      return ((bits ^ (bits >>> 14)) >>> 0) / 2 ** 32
    },
  }
}
