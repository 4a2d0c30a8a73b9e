import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { ENGINES } from '../../tools/engines/engines.ts'
import { findEngine } from '../../tools/engines/find.ts'
import { missingEngine } from './engines.ts'

/* A suite that is skipped is not counted by the test runner, these are: one for each engine that tests have to do without, with the reason. */

describe('The engines of the tests', () => {
  for (const { name, neededBy, isRuntime } of ENGINES) {
    if (neededBy !== 'tests' || isRuntime) continue
    it(`have ${name}`, { skip: missingEngine(name) }, () => {
      assert.ok(findEngine(name).command.length > 0)
    })
  }
})
