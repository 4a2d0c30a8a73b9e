import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { REGISTRY_CASES } from '../../../src/testing/registry-cases/all-cases.ts'

describe('REGISTRY_CASES', () => {
  it('are many, each with a title of its own', () => {
    const titles = Object.values(REGISTRY_CASES).flatMap(cases => Object.keys(cases))
    assert.ok(titles.length >= 60)
    assert.deepEqual(titles, [...new Set(titles)])
  })
})
