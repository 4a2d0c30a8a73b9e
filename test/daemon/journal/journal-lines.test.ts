import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it, type TestContext } from 'node:test'
import * as fc from 'fast-check'
import { encodeLine, encodeText, jsonPieces, readLines } from '../../../src/daemon/journal/journal-lines.ts'
import { temporaryFolder } from '../temporary-folder.ts'

async function writer(t: TestContext) {
  const path = join(await temporaryFolder(t), 'lines')
  return (bytes: Buffer) => {
    writeFileSync(path, bytes)
    return [...readLines(path)]
  }
}

describe('lines of a journal', () => {
  it('are read as they were written', async t => {
    const written = await writer(t)
    fc.assert(
      fc.property(fc.array(fc.json()), texts => {
        const values: unknown[] = texts.map(text => JSON.parse(text))
        const lines = values.map(encodeLine)
        const found = written(Buffer.concat(lines))
        assert.deepEqual(
          found.map(({ value }) => value),
          values,
        )
        assert.equal(found.at(-1)?.end ?? 0, Buffer.concat(lines).length)
      }),
      { numRuns: 50 },
    )
  })

  it('are found however long they are', async t => {
    const written = await writer(t)
    const values = [1, 'x'.repeat(3_000_000), 'é'.repeat(700_000), 2]
    assert.deepEqual(
      written(Buffer.concat(values.map(encodeLine))).map(({ value }) => value),
      values,
    )
  })

  it('have no value when a bit is not as it was', async t => {
    const written = await writer(t)
    const good = Buffer.concat([encodeLine({ a: 1 }), encodeLine({ b: 2 })])
    for (let at = 0; at < good.length; at++) {
      const bad = Buffer.from(good)
      bad[at] = (bad[at] as number) ^ 4
      const values = written(bad).map(({ value }) => value)
      assert.notDeepEqual(values, [{ a: 1 }, { b: 2 }])
      assert.ok(values.every(value => value === undefined || JSON.stringify(value).match(/^{"[ab]":[12]}$/)))
    }
  })

  it('have no value when they are cut', async t => {
    const written = await writer(t)
    const line = encodeLine({ a: 1 })
    for (let length = 1; length < line.length; length++) {
      assert.deepEqual(written(line.subarray(0, length)), [{ value: undefined, end: length }])
    }
  })

  it('are short, of whatever values, where they are made of pieces', async t => {
    const written = await writer(t)
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.constant('x'.repeat(300_000)), fc.json())), values => {
        const pieces = [...jsonPieces(values)]
        assert.ok(pieces.every(text => text.length < 1_400_000))
        assert.deepEqual(
          written(Buffer.concat(pieces.map(encodeText))).flatMap(({ value }) => value),
          values,
        )
      }),
      { numRuns: 20 },
    )
    assert.deepEqual([...jsonPieces([])], ['[]'])
    assert.deepEqual(
      [...jsonPieces(Array.from({ length: 2_001 }, (_, n) => n))].map(text => (JSON.parse(text) as unknown[]).length),
      [1_000, 1_000, 1],
    )
  })

  it('are none where there is no file', async t => {
    assert.deepEqual([...readLines(join(await temporaryFolder(t), 'none'))], [])
  })
})
