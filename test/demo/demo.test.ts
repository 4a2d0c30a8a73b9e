import { describe, it } from 'node:test'
import { assertLossless, runDemo } from './run-demo.ts'

/** Less than it makes for people: other tests run beside it. */
const REQUESTS_PER_SECOND = '300'

describe('The demo', () => {
  // Half a minute on a quiet machine.
  it(
    'loses no request in restarts, crashes, losses of the registry, pauses and scaling',
    { timeout: 600_000 },
    async () => {
      assertLossless(await runDemo('--rate', REQUESTS_PER_SECOND))
    },
  )
})
