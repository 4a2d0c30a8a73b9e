import assert from 'node:assert/strict'
import { PassThrough } from 'node:stream'
import { text } from 'node:stream/consumers'
import { describe, it } from 'node:test'
import { prefixLines } from '../../../src/cli/process/prefix-lines.ts'

describe('prefixLines', () => {
  it('puts the prefix before every line, however the text is cut, and ends the last line', async () => {
    const [from, to] = [new PassThrough(), new PassThrough()]
    prefixLines(from, to, 'a | ')
    from.on('close', () => setImmediate(() => to.end()))
    for (const piece of ['on', 'e\ntwo\r\n\nth', 'ree']) from.write(piece)
    from.end()
    assert.equal(await text(to), 'a | one\na | two\na | \na | three\n')
  })
})
