import assert from 'node:assert/strict'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { describe, it } from 'node:test'
import { limitYoungGeneration, youngBytesMax } from '../../src/cli/young-generation.ts'

const MIB = 2 ** 20
const BATCH = 4_096

/** The most room that V8 has had for young objects, in MiB, while so many batches of objects came that stay. */
async function roomMiBMax(batches: number): Promise<number> {
  const staying: object[] = []
  let most = 0
  for (let step = 0; step < batches; step++) {
    for (let at = 0; at < BATCH; at++) staying.push({ step, at, one: { at }, other: null })
    most = Math.max(most, youngBytesMax() / MIB)
    await nextTurn()
  }
  assert.equal(staying.length, batches * BATCH)
  return most
}

describe('limitYoungGeneration', () => {
  it('keeps V8 from taking ever more room for young objects while more and more of them stay', async t => {
    t.after(limitYoungGeneration())
    const most = await roomMiBMax(600)
    assert.ok(most > 0 && most <= 8, `V8 had room for ${most} MiB of young objects`)
  })
})
