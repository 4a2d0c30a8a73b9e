import { describe, it } from 'node:test'
import { assertLossless, runDemo } from './run-demo.ts'

describe('The demo', () => {
  it('loses no request in restarts, crashes, losses of the registry, pauses and scaling', async () => {
    assertLossless(await runDemo())
  })
})
