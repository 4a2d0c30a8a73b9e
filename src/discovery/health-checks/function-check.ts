import type { HealthCheck } from '../health-check.ts'

/** What a function check calls: all is well unless it throws, rejects, or returns `false`. */
export type Checking = (options: { signal: AbortSignal }) => void | boolean | Promise<void | boolean>

/** Checks by calling a function of one's own. */
export function functionCheck(name: string, checking: Checking): HealthCheck {
  return {
    name,
    async check({ signal }) {
      const result = await checking({ signal })
      if (result === false) throw new Error(`The check "${name}" says no`)
    },
  }
}
