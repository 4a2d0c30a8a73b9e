import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import * as fc from 'fast-check'
import { ZookeeperProtocolError } from '../../../src/adapters/zookeeper/errors.ts'
import { JuteReader } from '../../../src/adapters/zookeeper/jute-reader.ts'
import { JuteWriter } from '../../../src/adapters/zookeeper/jute-writer.ts'
import { getChildren, getData } from '../../../src/adapters/zookeeper/operations.ts'

const fields = fc.oneof(
  fc.record({ kind: fc.constant('int' as const), value: fc.integer() }),
  fc.record({ kind: fc.constant('long' as const), value: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }) }),
  fc.record({ kind: fc.constant('boolean' as const), value: fc.boolean() }),
  fc.record({ kind: fc.constant('string' as const), value: fc.string({ unit: 'grapheme' }) }),
  fc.record({ kind: fc.constant('buffer' as const), value: fc.uint8Array().map(bytes => Buffer.from(bytes)) }),
)

function write(writer: JuteWriter, { kind, value }: { kind: string; value: unknown }): void {
  if (kind === 'int') writer.int(value as number)
  else if (kind === 'long') writer.long(value as bigint)
  else if (kind === 'boolean') writer.boolean(value as boolean)
  else if (kind === 'string') writer.string(value as string)
  else writer.buffer(value as Buffer)
}

/** What a reading throws; undefined if it does not. */
function errorOf(read: () => unknown): unknown {
  try {
    read()
    return undefined
  } catch (error) {
    return error
  }
}

function zxid(bytes: string): number {
  return new JuteReader(Buffer.from(bytes, 'hex')).zxid()
}

describe('JuteReader', () => {
  it('reads what a JuteWriter has written, and no more', () => {
    fc.assert(
      fc.property(fc.array(fields), record => {
        const writer = new JuteWriter()
        for (const field of record) write(writer, field)
        const reader = new JuteReader(writer.take())
        for (const { kind, value } of record) assert.deepEqual(reader[kind](), value)
        assert.equal(reader.left, 0)
      }),
    )
  })

  it('takes garbage for nothing worse than garbage, whatever it is asked to read', () => {
    const reads = [
      (reader: JuteReader) => getData('/a').read(reader),
      (reader: JuteReader) => getChildren('/a').read(reader),
      (reader: JuteReader) => reader.string(),
    ]
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.constantFrom(...reads), (bytes, read) => {
        const error = errorOf(() => read(new JuteReader(Buffer.from(bytes))))
        assert.ok(error === undefined || error instanceof ZookeeperProtocolError, String(error))
      }),
      { numRuns: 2_000 },
    )
  })

  it('makes no list for a length that is not there', () => {
    const bytes = Buffer.from('7fffffff00000000', 'hex')
    assert.throws(() => new JuteReader(bytes).strings(), { code: 'ERR_ZOOKEEPER_PROTOCOL' })
  })

  it('takes what has the length -1 for empty, as ZooKeeper means it', () => {
    assert.equal(new JuteReader(Buffer.from('ffffffff', 'hex')).buffer().length, 0)
  })

  it('reads transactions up to 2^53, and refuses to round those above', () => {
    assert.equal(zxid('0000000500000007'), 5 * 2 ** 32 + 7)
    assert.equal(zxid('001fffffffffffff'), Number.MAX_SAFE_INTEGER)
    assert.throws(() => zxid('0020000000000000'), { code: 'ERR_ZOOKEEPER_PROTOCOL' })
  })
})
