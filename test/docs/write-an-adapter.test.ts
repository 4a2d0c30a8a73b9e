import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { REGISTRY_CASES } from '../../src/testing/registry-cases/all-cases.ts'
import { guide, Trial } from './trial.ts'

/** What fails in a run of Node's tests, by its last words. */
const FAILURES = /✖ [^]*$/

describe('The guide to an adapter of your own', () => {
  it('shows an engine that holds to every case of the suite', async () => {
    await using trial = await Trial.open()
    const page = await guide('write-an-adapter.md')
    await trial.write(page, 'ts')
    const node = `"${process.execPath}" --conditions=ropewalk-development --test`
    const { stdout, status } = await trial.run(`${node} table-registry.test.ts`)
    assert.equal(status, 0, FAILURES.exec(stdout)?.[0] ?? stdout)
    const cases = Object.values(REGISTRY_CASES).flatMap(group => Object.keys(group))
    const passed = Number(/pass (\d+)/.exec(stdout)?.[1])
    const skipped = Number(/skipped (\d+)/.exec(stdout)?.[1])
    assert.ok(passed + skipped >= cases.length && passed > 75, stdout)
  })
})
