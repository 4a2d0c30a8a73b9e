import assert from 'node:assert/strict'
import fs, { appendFileSync, readdirSync } from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import { join } from 'node:path'
import { describe, it, type TestContext } from 'node:test'
import { observe } from '../../../src/core/event.ts'
import { LogFile } from '../../../src/daemon/journal/log-file.ts'
import { readLog, readOrSetAside } from '../../../src/daemon/journal/read-log.ts'
import { FakeClock } from '../../../src/testing/fake-clock.ts'
import { temporaryFolder } from '../temporary-folder.ts'

const READING = {
  format: 1,
  begin: (): number[] => [],
  add: (numbers: number[], line: unknown) => void numbers.push((line as { n: number }).n),
}

async function opened(t: TestContext) {
  const folder = await temporaryFolder(t)
  const path = join(folder, 'things.log')
  const open = () => {
    const { contents, length } = readOrSetAside(path, READING, new FakeClock())
    const log = new LogFile(path, length)
    t.after(() => log.close())
    return { log, contents }
  }
  return { folder, path, open }
}

/** A disk that refuses `method` from now on, for `path` if that is given. */
function refusing(t: TestContext, method: 'openSync' | 'renameSync' | 'rmSync', path?: string): void {
  const real = fs[method] as (...parameters: unknown[]) => unknown
  const mocked = t.mock.method(fs, method, (...parameters: unknown[]) => {
    if (path === undefined || parameters[0] === path) throw new Error('refused')
    return real(...parameters)
  })
  syncBuiltinESMExports()
  t.after(() => {
    mocked.mock.restore()
    syncBuiltinESMExports()
  })
}

function refuse(...parameters: unknown[]): void {
  const last = parameters.at(-1)
  if (typeof last !== 'function') throw new Error('refused')
  setImmediate(() => (last as (error: Error) => void)(new Error('refused')))
}

/** A disk that refuses what is asked next, by `method`. */
function refusingOnce(t: TestContext, method: 'writeSync' | 'fdatasync'): void {
  const mocked = t.mock.method(fs, method)
  mocked.mock.mockImplementationOnce(refuse as never)
  syncBuiltinESMExports()
  t.after(() => {
    mocked.mock.restore()
    syncBuiltinESMExports()
  })
}

const said = (n: number) => JSON.stringify({ format: 1, n })

const write = (log: LogFile, n: number) =>
  new Promise<void>((resolve, reject) => log.write({ format: 1, n }, error => (error ? reject(error) : resolve())))

describe('LogFile', () => {
  it('has, when it is opened again, everything that was written, in order', async t => {
    const { open } = await opened(t)
    const { log } = open()
    await write(log, 1)
    log.writeNow({ format: 1, n: 2 })
    log.close()
    assert.deepEqual(open().contents, [1, 2])
  })

  it('cuts off what a crash left of a last line, and says so', async t => {
    const { open, path } = await opened(t)
    const { log } = open()
    await write(log, 1)
    log.close()
    appendFileSync(path, '0000')
    const told: string[] = []
    t.after(observe('daemon', ({ event, message }) => told.push(`${event} ${message}`)))
    const again = open()
    assert.match(told.join(), /^journal\.torn .*things\.log ends with 4 bytes that are no whole line[^]*$/)
    await write(again.log, 2)
    again.log.close()
    assert.deepEqual(open().contents, [1, 2])
  })

  it('is written anew beside the one in use, with what is written meanwhile', async t => {
    const { open, folder } = await opened(t)
    const { log } = open()
    for (let n = 0; n < 5; n++) await write(log, n)
    const renewing = log.renew([said(100)])
    await write(log, 101)
    await renewing
    log.close()
    assert.deepEqual([open().contents, readdirSync(folder)], [[100, 101], ['things.log']])
  })

  it('goes on with the new file when only its folder could not be synced, which is told', async t => {
    const { open, folder } = await opened(t)
    const { log } = open()
    await write(log, 1)
    refusing(t, 'openSync', folder)
    await assert.rejects(log.renew([said(1)]), /cannot be written anew \(refused\)/)
    await write(log, 2)
    log.close()
    assert.deepEqual(open().contents, [1, 2])
  })

  it('goes on with the file in use when the new one cannot take its place, which is told', async t => {
    const { open, folder } = await opened(t)
    const { log } = open()
    await write(log, 1)
    refusing(t, 'renameSync')
    await assert.rejects(log.renew([said(100)]), /cannot be written anew \(refused\)/)
    await write(log, 2)
    log.close()
    assert.deepEqual([open().contents, readdirSync(folder)], [[1, 2], ['things.log']])
  })

  it('goes on when nothing in its folder can be changed any more', async t => {
    const { open, folder, path } = await opened(t)
    const { log } = open()
    await write(log, 1)
    refusing(t, 'renameSync')
    refusing(t, 'rmSync', `${path}.new`)
    await assert.rejects(log.renew([said(100)]), /cannot be written anew \(refused\)/)
    await write(log, 2)
    log.close()
    assert.deepEqual(readLog(path, READING).contents, [1, 2])
    assert.deepEqual(readdirSync(folder), ['things.log', 'things.log.new'])
  })

  it('has nothing of what was refused while it was written anew, which is given up', async t => {
    const { open, folder } = await opened(t)
    const { log } = open()
    await write(log, 1)
    // All of them are in memory already: that the last one cannot be kept is known later.
    const renewing = log.renew([1, 2, 3, 4, 5].map(said))
    refusingOnce(t, 'fdatasync')
    const given = assert.rejects(renewing, /cannot be written anew \(refused\)/)
    await assert.rejects(write(log, 5), /cannot be written \(refused\)/)
    await given
    await write(log, 6)
    log.close()
    assert.deepEqual([open().contents, readdirSync(folder)], [[1, 6], ['things.log']])
  })

  it('takes the room for a write from the file that is written anew', async t => {
    const { open, folder } = await opened(t)
    const { log } = open()
    await write(log, 1)
    const renewing = log.renew([1, 2, 3, 4, 5].map(said))
    const given = assert.rejects(renewing, /cannot be written anew \(refused\)/)
    refusingOnce(t, 'writeSync')
    await write(log, 2)
    await given
    log.close()
    assert.deepEqual([open().contents, readdirSync(folder)], [[1, 2], ['things.log']])
  })

  it('is not to be written anew again at once when that could not be begun', async t => {
    const { open, path } = await opened(t)
    const { log } = open()
    log.writeNow({ format: 1, n: 1, filling: 'x'.repeat(17 * 1024 * 1024) })
    assert.ok(log.isStale)
    refusing(t, 'openSync', `${path}.new`)
    await assert.rejects(log.renew([said(1)]), /cannot be written anew \(refused\)/)
    assert.ok(!log.isStale)
  })
})

describe('readLog', () => {
  it('reads no further than it is told', async t => {
    const { open, path } = await opened(t)
    const { log } = open()
    await write(log, 1)
    const { length } = log
    await write(log, 2)
    assert.deepEqual(readLog(path, READING, length), { contents: [1], length, tornBytes: 0 })
  })

  it('refuses a log of another format, and moves a damaged one aside', async t => {
    const { open, path, folder } = await opened(t)
    const { log } = open()
    await write(log, 1)
    log.close()
    assert.throws(() => readLog(path, { ...READING, format: 2 }), /of format 1, and this version reads format 2/)
    appendFileSync(path, 'nonsense\nmore nonsense\n')
    const begun = { contents: [], length: 0, tornBytes: 0, isLost: true }
    assert.deepEqual(readOrSetAside(path, READING, new FakeClock()), begun)
    assert.equal(readdirSync(folder).filter(name => name.startsWith('things.log.damaged-')).length, 1)
  })
})
