import assert from 'node:assert/strict'
import { appendFileSync, readdirSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it, type TestContext } from 'node:test'
import { observe, type RopewalkEvent } from '../../../src/core/event.ts'
import { JournalError } from '../../../src/daemon/errors.ts'
import { JournalFile } from '../../../src/daemon/journal/journal-file.ts'
import { encodeLine } from '../../../src/daemon/journal/journal-lines.ts'
import type { JournalBatch } from '../../../src/daemon/journal/journal-record.ts'
import type { LeaseRecord } from '../../../src/discovery/store/claims.ts'
import { FakeClock } from '../../../src/testing/fake-clock.ts'
import { users } from '../../discovery/store/instances.ts'
import { temporaryFolder } from '../temporary-folder.ts'

const head = { epoch: 'e1', revision: 1.7e15 }

function record(number: number, init: Partial<LeaseRecord> = {}): LeaseRecord {
  const instance = users(`id-${number}`, { metadata: { 'naïve "key"': '日本\n' } })
  const owner = { id: 'session:x', name: 'x', kind: 'session' } as const
  return { number, owner, instance, ttlMs: 1_500, draining: false, ...init }
}

const records = (count: number) => Array.from({ length: count }, (_, number) => record(number))

function open(t: TestContext, folder: string): JournalFile {
  const file = new JournalFile(folder, new FakeClock())
  t.after(() => file.close())
  return file
}

async function write(file: JournalFile, batch: Partial<JournalBatch>): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  file.write({ put: [], removed: [], head, ...batch }, error => (error ? reject(error) : resolve()))
  await promise
}

const pathIn = (folder: string) => join(folder, 'registry.log')
const setAside = (folder: string) => readdirSync(folder).filter(name => name.includes('.damaged-')).length

function events(t: TestContext): RopewalkEvent[] {
  const seen: RopewalkEvent[] = []
  t.after(observe('daemon', event => seen.push(event)))
  return seen
}

describe('JournalFile', () => {
  it('begins empty, in a folder that it makes', async t => {
    const file = open(t, join(await temporaryFolder(t), 'deep', 'data'))
    assert.deepEqual([file.head(), [...file.claims()]], [undefined, []])
  })

  it('has what was written when it is opened again', async t => {
    const folder = await temporaryFolder(t)
    const file = open(t, folder)
    const timed = record(2, { owner: { id: 'curl', name: 'c', kind: 'timed' }, draining: true })
    await write(file, { put: [record(1), timed, record(3)], head: { epoch: 'e1', revision: 5 } })
    await write(file, { removed: [3] })
    file.writeNow({ put: [record(4)], removed: [], head })
    file.close()
    file.close()
    const again = open(t, folder)
    assert.deepEqual(again.head(), head)
    assert.deepEqual([...again.claims()], [record(1), timed, record(4)])
    assert.deepEqual([...again.kept(new Set([2, 3]))], [[2, timed]])
  })

  it('has what was written even if its process is gone without closing it', async t => {
    const folder = await temporaryFolder(t)
    await write(open(t, folder), { put: [record(1)] })
    const copy = await temporaryFolder(t)
    for (const name of readdirSync(folder)) writeFileSync(join(copy, name), readFileSync(join(folder, name)))
    assert.deepEqual([...open(t, copy).claims()], [record(1)])
  })

  it('forgets a batch that was not written to its end, and goes on behind the one before', async t => {
    const whole = encodeLine({ format: 2, head, removed: [1], put: [record(2)] })
    for (const rest of [whole.subarray(0, -1), whole.subarray(0, 20), Buffer.alloc(5_000), Buffer.from('0')]) {
      const folder = await temporaryFolder(t)
      const file = open(t, folder)
      await write(file, { put: [record(1)] })
      file.close()
      appendFileSync(pathIn(folder), rest)
      const again = open(t, folder)
      assert.deepEqual([...again.claims()], [record(1)])
      await write(again, { put: [record(3)] })
      again.close()
      assert.deepEqual([...open(t, folder).claims()], [record(1), record(3)])
    }
  })

  it('is as before when nothing can be written, and says so', async t => {
    const folder = await temporaryFolder(t)
    const file = open(t, folder)
    await write(file, { put: [record(1)] })
    const bytes = readFileSync(pathIn(folder))
    const circle: { itself?: unknown } = {}
    circle.itself = circle
    const bad = { ...record(3), ttlMs: circle } as unknown as LeaseRecord
    await assert.rejects(write(file, { put: [record(2), bad], removed: [1] }), JournalError)
    assert.deepEqual(readFileSync(pathIn(folder)), bytes)
    await write(file, { put: [record(2)] })
    assert.deepEqual([...file.kept(new Set([1, 2])).keys()], [1, 2])
  })

  it('moves a damaged file aside, says so, and begins anew', async t => {
    const seen = events(t)
    const folder = await temporaryFolder(t)
    writeFileSync(pathIn(folder), 'this is no journal, whatever its name\n'.repeat(100))
    const file = open(t, folder)
    assert.deepEqual([file.head(), [...file.claims()]], [undefined, []])
    await write(file, { put: [record(1)] })
    assert.equal(setAside(folder), 1)
    assert.deepEqual(
      seen.map(({ event, level }) => [event, level]),
      [['journal.damaged', 'error']],
    )
  })

  it('finds damage inside a file that looks right at its ends', async t => {
    const folder = await temporaryFolder(t)
    const file = open(t, folder)
    for (const one of records(500)) file.writeNow({ put: [one], removed: [], head })
    file.close()
    const bytes = readFileSync(pathIn(folder))
    bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] as number) ^ 1
    writeFileSync(pathIn(folder), bytes)
    assert.equal(open(t, folder).head(), undefined)
    assert.equal(setAside(folder), 1)
  })

  it('has whole batches of a file that was cut short', async t => {
    const folder = await temporaryFolder(t)
    const file = open(t, folder)
    for (const one of records(500)) file.writeNow({ put: [one], removed: [], head })
    file.close()
    truncateSync(pathIn(folder), statSync(pathIn(folder)).size / 2)
    const found = [...open(t, folder).claims()]
    assert.ok(found.length > 200 && found.length < 300)
    assert.deepEqual(found, records(found.length))
  })

  it('leaves out an entry that is not valid, says so, and keeps the others', async t => {
    const seen = events(t)
    const folder = await temporaryFolder(t)
    const file = open(t, folder)
    const strange = { ...record(1), instance: { id: 5 } } as unknown as LeaseRecord
    await write(file, { put: [strange, record(2)] })
    file.close()
    assert.deepEqual([...open(t, folder).claims()], [record(2)])
    assert.deepEqual(
      seen.map(({ event, number }) => [event, number]),
      [['journal.skipped', 1]],
    )
  })

  it('refuses a file that another process has open', async t => {
    const folder = await temporaryFolder(t)
    open(t, folder)
    const told = { name: 'JournalError', message: /another daemon has it open/ }
    assert.throws(() => new JournalFile(folder, new FakeClock()), told)
  })

  it('refuses a file of another format, leaves it alone, and lets go of the folder', async t => {
    const folder = await temporaryFolder(t)
    const line = encodeLine({ format: 99 })
    writeFileSync(pathIn(folder), line)
    assert.throws(() => new JournalFile(folder, new FakeClock()), /format 99/)
    assert.deepEqual([readFileSync(pathIn(folder)), setAside(folder)], [line, 0])
    writeFileSync(pathIn(folder), '')
    open(t, folder)
  })

  it('refuses a folder that cannot be', async t => {
    const folder = await temporaryFolder(t)
    writeFileSync(join(folder, 'file'), '')
    assert.throws(() => new JournalFile(join(folder, 'file', 'data'), new FakeClock()), JournalError)
  })

  describe('written anew', () => {
    it('has nothing of the past, and what was written meanwhile', async t => {
      const { folder, file, batches } = await stale(t)
      const renewed = file.renew(batches)
      assert.equal(file.isStale, false)
      await write(file, { removed: [1], put: [record(3)] })
      await renewed
      await write(file, { put: [record(4)] })
      file.close()
      assert.ok(statSync(pathIn(folder)).size < 10_000)
      assert.deepEqual([...open(t, folder).claims()], [record(2), record(3), record(4)])
      assert.deepEqual(readdirSync(folder).toSorted(), ['registry.lock', 'registry.log'])
    })

    it('has no long line, however much its claims say', async t => {
      const { folder, file } = await stale(t)
      const metadata = { text: 'x'.repeat(60_000) }
      const large = Array.from({ length: 100 }, (_, n) => record(n, { instance: users(`id-${n}`, { metadata }) }))
      await file.renew([{ put: large, removed: [7_000], head }])
      file.close()
      const lines = readFileSync(pathIn(folder), 'latin1').split('\n')
      assert.ok(Math.max(...lines.map(line => line.length)) < 1_200_000)
      assert.deepEqual([...open(t, folder).claims()], large)
    })

    it('stays as it was when that fails, and is stale again only when it has grown further', async t => {
      const { folder, file } = await stale(t)
      await assert.rejects(file.renew(failing()), { code: 'ERR_JOURNAL', message: /no space left/ })
      assert.equal(file.isStale, false)
      await write(file, { put: [record(5_000)] })
      file.close()
      assert.equal([...open(t, folder).claims()].length, 2_001)
      assert.deepEqual(readdirSync(folder).toSorted(), ['registry.lock', 'registry.log'])
    })

    it('stays as it was when it is closed meanwhile', async t => {
      const { folder, file, batches } = await stale(t)
      const renewed = file.renew(batches)
      file.close()
      await renewed
      assert.equal([...open(t, folder).claims()].length, 2_000)
    })

    it('is given up when the process is gone meanwhile', async t => {
      const folder = await temporaryFolder(t)
      writeFileSync(`${pathIn(folder)}.new`, encodeLine({ format: 2, head, removed: [], put: [record(9)] }))
      assert.deepEqual([...open(t, folder).claims()], [])
      assert.deepEqual(readdirSync(folder).toSorted(), ['registry.lock', 'registry.log'])
    })
  })
})

/** A file most of which is of the past, and what it takes to say what is left. */
async function stale(t: TestContext) {
  const folder = await temporaryFolder(t)
  const file = open(t, folder)
  const many = records(2_000)
  while (!file.isStale) file.writeNow({ put: many, removed: [], head })
  const batches: JournalBatch[] = [
    { put: [record(1)], removed: [], head },
    { put: [record(2)], removed: [], head },
  ]
  return { folder, file, batches }
}

function* failing(): Generator<JournalBatch> {
  yield { put: [], removed: [], head }
  throw new Error('no space left on device')
}
