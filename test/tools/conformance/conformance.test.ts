import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { REGISTRY_CASES } from '../../../src/testing/registry-cases/all-cases.ts'
import type { Conformance } from '../../../tools/conformance/conformance.ts'

const run = promisify(execFile)
const program = (path: string) => fileURLToPath(new URL(path, import.meta.url))
const { NODE_TEST_CONTEXT: _, ...env } = process.env

/** Runs a program of the repository as a person would, not as a part of this test run. */
function node(path: string, ...args: string[]) {
  return run(process.execPath, ['--conditions=ropewalk-development', program(path), ...args], { env })
}

const titles = Object.values(REGISTRY_CASES).flatMap(cases => Object.keys(cases))

describe('npm run conformance', () => {
  it('counts what passed, failed and was not tried, for each registry asked for', async () => {
    const { stdout } = await node('../../../tools/conformance/main.ts', '--json', 'memory')
    const outcome = JSON.parse(stdout) as Record<string, { passed: number; failed: number; skipped: number }>
    assert.deepEqual(Object.keys(outcome), ['memory'])
    const { memory } = outcome
    assert.ok(memory)
    assert.equal(memory.passed + memory.skipped, titles.length)
    assert.deepEqual(Object.keys(memory), ['passed', 'failed', 'skipped', 'deviations'])
    assert.equal(memory.failed, 0)
  })

  it('prints a table for people', async () => {
    const { stdout } = await node('../../../tools/conformance/main.ts', 'memory')
    assert.match(stdout, /^registry +passed +failed +skipped +deviations\nmemory +\d+ +0 +\d+ +0\n$/)
  })

  it('knows the registries there are', async () => {
    await assert.rejects(node('../../../tools/conformance/main.ts', 'memroy'), {
      code: 64,
      stderr: /^No registry is called "memroy": there are memory, daemon/,
    })
  })
})

describe('conformanceOf', () => {
  it('tells what fails from what deviates', async () => {
    const { stdout } = await node('./try-registry.ts', 'broken-registry.ts')
    const { passed, failed, skipped, deviations, failures } = JSON.parse(stdout) as Conformance
    assert.deepEqual(deviations, [
      { title: 'closes once, however often it is asked to', reason: 'It is built that way.' },
    ])
    assert.equal(failures[0]?.title, 'hands out a lease that knows its instance and its TTL')
    assert.match(failures[0]?.reason, /30001 !== 30000/)
    assert.equal(failures.length, failed)
    assert.equal(passed + failed + skipped, titles.length)
  })

  it('says of a registry without its engine why nothing was tried', async () => {
    const args = ['--conditions=ropewalk-development', program('./try-registry.ts'), '../../conformance/etcd.test.ts']
    const nowhere = { ...env, ROPEWALK_ENGINES: '/nonexistent', PATH: '/nonexistent' }
    const { stdout } = await run(process.execPath, args, { env: nowhere })
    const { passed, failed, skipped, missing } = JSON.parse(stdout) as Conformance
    assert.deepEqual([passed, failed, skipped], [0, 0, titles.length])
    assert.equal(missing, 'etcd is not installed: run "npm run engines"')
  })
})
