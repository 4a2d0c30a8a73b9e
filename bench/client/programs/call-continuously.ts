import { answer, cpuMs } from '../../harness/answer.ts'

const IN_FLIGHT = 64

/**
 * Answers `run(durationMs)` with how many calls were made *per CPU second of this process* while 64 were always in flight. A call
 * resolves with the body, which must be the expected one.
 */
export function callContinuously(call: () => Promise<string>): void {
  answer({}, { run })

  async function run(durationMs: number): Promise<number> {
    const [cpuMsBefore, until] = [cpuMs(), performance.now() + durationMs]
    const counts = await Promise.all(Array.from({ length: IN_FLIGHT }, () => callUntil(until)))
    return (counts.reduce((sum, count) => sum + count, 0) * 1000) / (cpuMs() - cpuMsBefore)
  }

  async function callUntil(until: number): Promise<number> {
    let count = 0
    for (; performance.now() < until; count++) {
      const body = await call()
      if (body.length !== 22) throw new Error(`The reply was ${body}`)
    }
    return count
  }
}
