import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { PowerOfTwoChoices } from '../../src/balancer/power-of-two-choices.ts'
import { balancerSuite } from '../../src/testing/balancer-suite.ts'

const PROGRAM = fileURLToPath(new URL('faulty-balancers.ts', import.meta.url))

/** The titles of the tests that a faulty Balancer fails. */
async function failures(fault: string): Promise<string[]> {
  const { promise, resolve } = Promise.withResolvers<string>()
  const { NODE_TEST_CONTEXT: _, ...env } = process.env
  const flags = ['--conditions=ropewalk-development', '--test-reporter=tap']
  execFile(process.execPath, [...flags, PROGRAM, fault], { env }, (_error, output) => resolve(output))
  return Array.from((await promise).matchAll(/^ {4}not ok \d+ - (.*)$/gm), ([, title = '']) => title)
}

describe('balancerSuite', () => {
  it('fails a Balancer that always takes the first', async () => {
    assert.deepEqual(await failures('lazy'), [
      'spreads requests over equal candidates evenly',
      'gives each candidate its share by weight',
    ])
  })

  it('fails a Balancer that keeps to one it was given before', async () => {
    assert.ok(
      (await failures('loyal')).includes('picks from what it is given and nothing else, whatever it was given before'),
    )
  })

  it('fails a Balancer that picks nobody when all are busy', async () => {
    assert.ok((await failures('fussy')).includes('picks the only candidate there is, however loaded'))
  })

  it('fails a Balancer whose chance cannot be repeated', async () => {
    assert.deepEqual(await failures('unrepeatable'), ['picks the same from the same seed'])
  })
})

balancerSuite('PowerOfTwoChoices', { create: options => new PowerOfTwoChoices(options) })
